import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const CTO = path.join(import.meta.dirname, "cto-process.ts");

/** A `cto worker` in a process of its own, started anew whenever it was killed. */
export interface SoakWorker {
  /** SIGKILL, then another one in its place. */
  kill(): Promise<void>;
  /** TERM, and its end. */
  end(): Promise<void>;
  /** What the workers printed of themselves. */
  readonly said: readonly string[];
}

export const startSoakWorker = (home: string, switches: readonly string[]): SoakWorker => {
  const said: string[] = [];
  const start = (): ChildProcess => {
    const words = switches.flatMap((file) => ["--switches", file]);
    const child = spawn(process.execPath, [CTO, "worker", "--jsonl", "--home", home, "--drain", "1m", ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"] },
    });
    const keep = (bytes: Uint8Array): void => void said.push(...String(bytes).trim().split("\n"));
    child.stdout?.on("data", keep);
    child.stderr?.on("data", keep);
    return child;
  };
  let child = start();
  /** As a unit of systemd does: one that ended by itself comes again. */
  const kept = setInterval(() => {
    if (child.exitCode !== null) child = start();
  }, 1_000);
  const ended = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, "exit");
    child.kill(signal);
    await exit;
  };
  return {
    kill: async () => {
      await ended("SIGKILL");
      child = start();
    },
    end: () => {
      clearInterval(kept);
      return ended("SIGTERM");
    },
    said,
  };
};
