import { spawn, type ChildProcess } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { Readable, Writable } from "node:stream";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { holdOutput } from "./byte-streams.ts";
import { BWRAP } from "./launch-chain.ts";
import { childrenOf, isAlive, signal, statNow, type ProcessId } from "./processes.ts";
import type { Started } from "./started-record.ts";

/** A process that bubblewrap has started, before anything limits or ends it. */
export interface Launched {
  /** What was started on the host: bubblewrap itself, or nsenter with bubblewrap below it. Leader of its group. */
  readonly monitor: ProcessId;
  /** PID 1 of the namespace, as the host sees it; leader of the group in which the command begins. */
  readonly init: ProcessId;
  readonly pidNamespace: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<Exit>;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  /** Whether the command was reached at all; otherwise bubblewrap itself gave up. */
  readonly reached: boolean;
}

export interface Launch {
  readonly chain: readonly [program: string, ...argv: string[]];
  /** bubblewrap's arguments and its filter, handed over on descriptors. */
  readonly args: readonly string[];
  readonly filter: Uint8Array;
  /** "entered": the chain goes into another pid namespace first, where bubblewrap tells other numbers than the host's. */
  readonly place: "host" | "entered";
  /** `cgroup.procs` of the group in which the command begins. */
  readonly group: string | undefined;
  /** Told of what stands before the command begins; where it throws nothing begins. */
  readonly recorded: (started: Started) => void;
}

/** Starts the chain; answers when the namespaces stand and the command begins. */
export const launch = async ({ chain, args: bwrapArgs, filter, place, group, recorded }: Launch): Promise<Launched> => {
  const [program, ...argv] = chain;
  // A zero byte would end one argument and begin another, of somebody else's choice.
  if (bwrapArgs.some((arg) => arg.includes("\0"))) throw new Failure("sandbox/broken", "an argument holds a zero byte");
  const child = spawn(program, argv, { stdio: Array<"pipe">(7).fill("pipe"), env: {}, cwd: "/", detached: true });
  // Through pipes, so that neither arguments nor environment of a start ever lie on a disk.
  handOver(child, 4, bwrapArgs.map((arg) => `${arg}\0`).join(""));
  handOver(child, 5, filter);
  return stood(child, place === "host" ? initBelow : initWithin, group, recorded);
};

const handOver = (child: ChildProcess, descriptor: number, bytes: string | Uint8Array): void => {
  const pipe = child.stdio.at(descriptor);
  if (!(pipe instanceof Writable)) throw new TypeError("the chain was started without its pipes");
  // A chain that ends before it reads says so by itself.
  pipe.on("error", () => undefined);
  pipe.end(bytes);
};

type FindInit = (told: string, monitor: ProcessId) => ProcessId;

const stood = async (
  child: ChildProcess,
  findInit: FindInit,
  group: string | undefined,
  recorded: Launch["recorded"],
): Promise<Launched> => {
  const [stdin, stdout, stderr, status] = child.stdio;
  const hold = child.stdio.at(6);
  if (
    !(
      stdin instanceof Writable &&
      stdout instanceof Readable &&
      stderr instanceof Readable &&
      status instanceof Readable &&
      hold instanceof Writable
    )
  )
    throw new TypeError("the chain was started without its pipes");
  holdOutput(stdout);
  holdOutput(stderr);
  hold.on("error", () => undefined);
  const monitor = processAt(child.pid);
  const entering = enterEarly(group, monitor);
  let told = "";
  const standing = new Promise<void>((resolve) => {
    status.on("data", (bytes: Uint8Array) => {
      told += new TextDecoder().decode(bytes);
      if (told.includes("\n")) resolve();
    });
    status.on("error", () => undefined);
  });
  const statusEnded = new Promise<void>((resolve) => status.once("close", resolve));
  const exited = new Promise<Exit>((resolve) => {
    child.once("error", () => resolve({ code: null, signal: null, reached: false }));
    child.once("exit", (code, signal) => {
      void statusEnded.then(() => resolve({ code, signal, reached: told.includes('"exit-code"') }));
    });
  });
  const hanging = setTimeout(() => signal(monitor, "SIGKILL", "group"), LIMITS.sandboxProbeTimeoutMs);
  await Promise.race([standing, exited]);
  clearTimeout(hanging);
  const pidNamespace = /"pid-namespace": (\d+)/.exec(told)?.[1];
  if (pidNamespace === undefined) {
    // One that stands without a pid namespace would be held for ever.
    signal(monitor, "SIGKILL", "group");
    throw new Failure("sandbox/broken", `no sandbox could be started: ${await lastWords(stderr, exited)}`);
  }
  const init = findInit(told, monitor);
  await entering;
  try {
    recorded({ monitor, init });
    await joinGroup(group, init);
  } catch (cause) {
    signal(init, "SIGKILL", "process");
    signal(monitor, "SIGKILL", "group");
    throw new Failure("sandbox/broken", "what was started could not be bounded or written down", { cause });
  }
  hold.end();
  return { monitor, init, pidNamespace, stdin, stdout, stderr, exited };
};

// The first entry of a while waits for the kernel to gather itself, so it is made while the chain is still on its way.
const enterEarly = (group: string | undefined, monitor: ProcessId): Promise<void> =>
  group === undefined || monitor === NOBODY
    ? Promise.resolve()
    : writeFile(group, String(monitor.pid)).catch(() => undefined);

// Held by bubblewrap until then, so that nothing of the command is ever outside of its group.
const joinGroup = async (group: string | undefined, init: ProcessId): Promise<void> => {
  if (group !== undefined && isAlive(init)) await writeFile(group, String(init.pid));
};

const NOBODY: ProcessId = { pid: 0, start: "" };

// What has ended already keeps a start time that no process has, so that no signal ever finds another in its place.
const processAt = (pid: number | undefined): ProcessId => (pid === undefined ? NOBODY : (statNow(pid) ?? NOBODY));

const initBelow: FindInit = (told, monitor) => {
  const init = statNow(Number(/"child-pid": (\d+)/.exec(told)?.[1] ?? 0));
  return init?.parent === monitor.pid ? init : NOBODY;
};

const initWithin: FindInit = (_, monitor) => childrenOf(monitor).flatMap(childrenOf)[0] ?? NOBODY;

/** What the chain said on its standard error before it gave up. */
export const lastWords = async (stderr: Readable, exited: Promise<Exit>): Promise<string> => {
  let words = "";
  const read = async (): Promise<void> => {
    for await (const chunk of stderr) if (words.length < LIMITS.stepOutputBytesMax) words += String(chunk);
  };
  await Promise.allSettled([read(), exited]);
  return words.trim() || `${BWRAP} ended without a word`;
};
