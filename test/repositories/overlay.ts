import { execFileSync, spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import type { StageFiles } from "../../src/seams/sandbox.ts";
import { filesIn } from "./confine.ts";

/** A folder under an overlay whose upper layer is a bounded tmpfs, mounted in a namespace of its own. */
export interface Overlay {
  readonly files: StageFiles;
  /** Runs a script in the merged view, as an agent would. */
  run(script: string): void;
  /** Runs a script beside the layers `up` and `ws`, as nobody inside a stage can. */
  tamper(script: string): void;
  close(): void;
}

export interface OverlayPlace {
  readonly base: string;
  readonly ledger: string;
  /** An empty folder to mount in. */
  readonly room: string;
}

export const openOverlay = async ({ base, ledger, room }: OverlayPlace): Promise<Overlay> => {
  const stage = join(room, "stage");
  mkdirSync(stage, { recursive: true });
  const holder = spawn("/usr/bin/unshare", [...NAMESPACE, "--", "/bin/sh", "-c", HOLD, "sh", base, stage], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  const words: string[] = [];
  holder.stderr.on("data", (bytes: Buffer) => words.push(bytes.toString()));
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.once("exit", () => reject(new Error(`no overlay here: ${words.join("").trim()}`)));
  });
  const pid = String(holder.pid);
  const enter = ["/usr/bin/nsenter", "-t", pid, ...ENTER, "--"] as const;
  const at = (folder: string, script: string): void => {
    const [program, ...args] = enter;
    execFileSync(program, [...args, "/bin/bash", "-ec", `cd "$0"; ${script}`, folder], {
      stdio: "pipe",
      env: { PATH: "/usr/bin:/bin", HOME: room },
    });
  };
  const inHolder = filesIn(join(stage, "ws"), ledger, enter);
  return {
    files: { ...inHolder, folder: `/proc/${pid}/root${stage}/ws`, journal: `/proc/${pid}/root${stage}/up` },
    run: (script) => at(join(stage, "ws"), script),
    tamper: (script) => at(stage, script),
    close: () => void holder.kill("SIGKILL"),
  };
};

/** Why no overlay can be mounted on this machine, or "there is one". */
export const overlayHere = async (place: OverlayPlace): Promise<string> => {
  try {
    (await openOverlay(place)).close();
    return "there is one";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};

const IS_ROOT = process.getuid?.() === 0;
const NAMESPACE = IS_ROOT
  ? ["--mount", "--propagation", "private"]
  : ["--user", "--map-root-user", "--mount", "--propagation", "private"];
const ENTER = IS_ROOT ? ["--mount"] : ["--user", "--preserve-credentials", "--mount"];

const HOLD = `set -eu
mount -t tmpfs -o size=512m,nr_inodes=20000,mode=755 scratch "$2"; cd "$2"; mkdir base up wk ws; mount --bind "$1" base
mount -t overlay -o lowerdir=base,upperdir=up,workdir=wk,userxattr ws ws; echo mounted; exec cat`;
