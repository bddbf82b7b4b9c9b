import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Writable, type Readable } from "node:stream";

import { livingOfUid, signal, statNow, type ProcessId } from "../../src/adapters/sandbox/processes.ts";
import type { ConfinedStage, StageDescription, StageOrder, StageReport } from "../../src/seams/sandbox.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { showing } from "./shown-folder.ts";

/** An ordinary user without a sandbox, who can do no harm to this machine. */
export interface Unconfined {
  /** Only its checkout is asked of an order. */
  open(order: Pick<StageOrder, "checkout">): Promise<ConfinedStage>;
  /** A process of the same user that has done nothing to anybody; its pid. */
  victim(): number;
  /** Ends everything that was ever started here and still lives. */
  end(): void;
}

/** Where one command is started, and who starts it. */
export interface Place {
  readonly folder: string;
  /** His own folder, empty, beside the other one. */
  readonly home: string;
  readonly uid: number;
}

/** What stands around a command: nothing in a control, another sandbox's launcher in a comparison. */
export type Runner = (
  argv: readonly string[],
  place: Place,
) => { readonly argv: readonly string[]; readonly env: Readonly<Record<string, string>> };

/** How long a command may go on that ends by itself, and one that has to show that nobody ends it. */
export const CONTROL_MS = { ends: 60_000, goesOn: 4_000 } as const;

/** Bounds that hold whatever an attack does: without a uid of its own, a bound of processes would bind the user himself. */
const BOUNDS = ["--fsize=134217728", "--data=8589934592", "--core=0"];
const PROCESSES_MAX = 300;

/**
 * The control of the suite: root gives it a uid that nobody has, anybody else runs it as himself, without bombs. Every
 * process is marked in its environment, so that just what was started here is ended.
 */
export const openUnconfined = (boundMs: number, runner?: Runner): Unconfined => {
  const isRoot = process.getuid?.() === 0;
  const uid = isRoot ? 61_000 + (randomBytes(2).readUInt16LE() % 4_000) : (process.getuid?.() ?? 0);
  const stages: string[] = [];
  const victims: ProcessId[] = [];
  const user = ["/usr/bin/setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups", "--no-new-privs", "--"];
  // A launcher lies in this repository, and has to be found by its user.
  const shown = isRoot && runner !== undefined ? showing(path.join(import.meta.dirname, "../..")) : [];
  const bounds = ["/usr/bin/prlimit", ...BOUNDS, ...(isRoot ? [`--nproc=${PROCESSES_MAX}`] : []), "--"];
  const argvOf = (argv: readonly string[]): readonly [program: string, ...argv: string[]] => {
    const [program = "", ...rest] = [...shown, ...(isRoot ? user : []), ...bounds, ...argv];
    return [program, ...rest];
  };
  // A launcher may take the mark away from what it starts, so root goes by the uid that nobody else has.
  const ofUser = (): readonly number[] =>
    (isRoot ? livingOfUid(uid) : []).flatMap(({ pid }) => (victims.some((one) => one.pid === pid) ? [] : [pid]));
  return {
    victim: () => {
      const [program, ...rest] = argvOf(["/bin/sleep", "60"]);
      const env = { [MARK]: "victim", HOST_SECRET: SECRET };
      const { pid = 0 } = spawn(program, rest, { env, stdio: "ignore" });
      victims.push({ pid, start: statNow(pid)?.start ?? "" });
      return pid;
    },
    end: () => {
      for (const victim of victims) signal(victim, "SIGKILL", "process");
      killAll(() => [...stages.flatMap(pidsWith), ...(isRoot ? livingOfUid(uid).map(({ pid }) => pid) : [])]);
    },
    open: async ({ checkout }) => {
      const { folder } = await checkout(uid, "private");
      const home = `${folder}.home`;
      mkdirSync(home);
      if (isRoot) execFileSync("/bin/chown", [`${uid}:${uid}`, home]);
      const mark = `${MARK}=${randomBytes(8).toString("hex")}`;
      stages.push(mark);
      const children: Promise<unknown>[] = [];
      const quiet = async (): Promise<StageReport> => {
        await Promise.all(children);
        // What a runner without a sandbox would leave behind; it is ended all the same.
        const living = (): readonly number[] => [
          ...new Set([...pidsWith(mark), ...(runner === undefined ? [] : ofUser())]),
        ];
        if (runner !== undefined) await untilNone(living);
        const alive = killAll(living);
        return { processTreeDead: alive === 0, alive };
      };
      return {
        inside: "/workspace",
        description: { ...NOTHING, uid },
        files: {
          folder,
          journal: undefined,
          examine: () => Promise.reject(new Error("no trusted command looks at a control")),
        },
        canaries: () => Promise.resolve("not-run"),
        plantedToken: () => Promise.resolve(undefined),
        quiet,
        close: quiet,
        start: (argv, env) => {
          // A runner that is not careful hands on its own variables and descriptors.
          const foreign = openSync("/etc/passwd", "r");
          const run = runner?.(argv, { folder, home, uid }) ?? { argv, env: {} };
          const [program, ...rest] = argvOf(["/usr/bin/env", mark, ...run.argv]);
          const variables = {
            ...process.env,
            ...env,
            HOME: home,
            CTO_SECRET: SECRET,
            ATTACK_FILL: `${home} ${folder}`,
            ATTACK_FAR: "127.0.0.2",
          };
          const child = spawn(program, rest, {
            cwd: folder,
            env: { ...variables, ATTACK_FORKS: "80", ATTACK_FILL_MB: "8", ...run.env },
            stdio: ["pipe", "pipe", "pipe", foreign],
          });
          closeSync(foreign);
          const { stdin, stdout, stderr } = child;
          if (stdin === null || stdout === null || stderr === null) throw new TypeError("a child without its pipes");
          const from = performance.now();
          const overdue = setTimeout(() => child.kill("SIGKILL"), boundMs);
          const exited = new Promise<{ readonly code: number | null; readonly signal: string | null }>((resolve) => {
            child.once("error", () => resolve({ code: null, signal: null }));
            child.once("exit", (code, signal) => {
              clearTimeout(overdue);
              // Whatever still holds the pipes would hold whoever reads them.
              setTimeout(() => {
                stdout.destroy();
                stderr.destroy();
              }, DRAIN_MS).unref();
              resolve({ code, signal });
            });
          });
          children.push(exited);
          return Promise.resolve({
            pid: child.pid ?? 0,
            stdin: Writable.toWeb(stdin),
            stdout: bytesOf(stdout),
            stderr: bytesOf(stderr),
            stop: () => Promise.resolve(void child.kill("SIGTERM")),
            ended: exited.then((exit) => ({ ...exit, ms: performance.now() - from })),
          });
        },
      };
    },
  };
};

/** What is told of a stage that holds nothing. */
const NOTHING: Omit<StageDescription, "uid"> = {
  purpose: "probe",
  confinement: "C",
  args: [],
  argsSha256: digestOf(""),
  seccompSha256: digestOf(""),
  envNames: [],
  writableParents: [],
  pins: [],
  masks: [],
  unpinned: [],
  limits: [],
};

const MARK = "CTO_CONTROL";
const SECRET = "cto-canary-harness";
const DRAIN_MS = 2_000;

const bytesOf = (source: Readable): ReadableStream<Uint8Array> =>
  new ReadableStream<Uint8Array>({
    start: (controller) => {
      let isOpen = true;
      source.on("data", (bytes: Uint8Array) => isOpen && controller.enqueue(new Uint8Array(bytes)));
      source.once("close", () => {
        isOpen = false;
        controller.close();
      });
    },
  });

const pidsWith = (mark: string): readonly number[] =>
  readdirSync("/proc").flatMap((name) => {
    const pid = /^\d+$/.test(name) ? Number(name) : process.pid;
    if (pid === process.pid) return [];
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(mark) ? [pid] : [];
    } catch {
      return [];
    }
  });

/** A launcher needs a moment to take down what it stood up; what is there afterwards outlived it. */
const untilNone = async (living: () => readonly number[]): Promise<void> => {
  const until = performance.now() + SETTLE_MS_MAX;
  while (living().length > 0 && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
};

const SETTLE_MS_MAX = 1_000;

/** How many there were, killed again and again: a bomb makes more of itself between two looks. */
const killAll = (living: () => readonly number[]): number => {
  const found = new Set<number>();
  for (let round = 0; round < KILL_ROUNDS_MAX; round += 1) {
    const now = living();
    if (now.length === 0) break;
    for (const pid of now) {
      found.add(pid);
      kill(pid);
    }
  }
  return found.size;
};

const KILL_ROUNDS_MAX = 200;

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    return;
  }
};
