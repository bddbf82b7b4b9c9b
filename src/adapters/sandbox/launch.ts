import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { holdOutput } from "./byte-streams.ts";
import { BWRAP } from "./launch-chain.ts";
import { signal, statNow, type ProcessId } from "./processes.ts";

/** A process that bubblewrap has started, before anything limits or ends it. */
export interface Launched {
  /** bubblewrap outside; its death ends the pid namespace. */
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

/** Starts the chain with bubblewrap's arguments and filter on descriptors; answers when the namespaces stand. */
export const launch = async (
  [program, ...argv]: readonly [string, ...string[]],
  bwrapArgs: readonly string[],
  filter: Uint8Array,
): Promise<Launched> => {
  // A zero byte would end one argument and begin another, of somebody else's choice.
  if (bwrapArgs.some((arg) => arg.includes("\0"))) throw new Failure("sandbox/broken", "an argument holds a zero byte");
  const args = await unnamedFile(Buffer.from(bwrapArgs.map((arg) => `${arg}\0`).join("")));
  const seccomp = await unnamedFile(filter);
  try {
    const child = spawn(program, argv, {
      stdio: ["pipe", "pipe", "pipe", "pipe", args.fd, seccomp.fd],
      env: {},
      cwd: "/",
      detached: true,
    });
    return await stood(child);
  } finally {
    await args.close();
    await seccomp.close();
  }
};

const stood = async (child: ChildProcess): Promise<Launched> => {
  const [stdin, stdout, stderr, status] = child.stdio;
  if (
    !(
      stdin instanceof Writable &&
      stdout instanceof Readable &&
      stderr instanceof Readable &&
      status instanceof Readable
    )
  )
    throw new TypeError("the chain was started without its pipes");
  holdOutput(stdout);
  holdOutput(stderr);
  const monitor = processAt(child.pid);
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
  const hanging = setTimeout(() => void signal(monitor, "SIGKILL", "group"), LIMITS.sandboxProbeTimeoutMs);
  await Promise.race([standing, exited]);
  clearTimeout(hanging);
  const pidNamespace = /"pid-namespace": (\d+)/.exec(told)?.[1];
  if (pidNamespace === undefined)
    throw new Failure("sandbox/broken", `no sandbox could be started: ${await lastWords(stderr, exited)}`);
  return { monitor, init: initOf(told, monitor), pidNamespace, stdin, stdout, stderr, exited };
};

// What has ended already keeps a start time that no process has, so that no signal ever finds another in its place.
const processAt = (pid: number | undefined): ProcessId => (pid === undefined ? NOBODY : (statNow(pid) ?? NOBODY));

const initOf = (told: string, monitor: ProcessId): ProcessId => {
  const init = statNow(Number(/"child-pid": (\d+)/.exec(told)?.[1] ?? 0));
  return init?.parent === monitor.pid ? init : NOBODY;
};

const NOBODY: ProcessId = { pid: 0, start: "" };

/** What the chain said on its standard error before it gave up. */
export const lastWords = async (stderr: Readable, exited: Promise<Exit>): Promise<string> => {
  let words = "";
  const read = async (): Promise<void> => {
    for await (const chunk of stderr) if (words.length < LIMITS.stepOutputBytesMax) words += String(chunk);
  };
  await Promise.allSettled([read(), exited]);
  return words.trim() || `${BWRAP} ended without a word`;
};

// Deleted before anything reads it, so that neither arguments nor environment of a start ever lie on a disk by name.
const unnamedFile = async (bytes: Uint8Array): Promise<FileHandle> => {
  const folder = await mkdtemp(`${tmpdir()}/cto-launch-`);
  try {
    const file = await open(`${folder}/bytes`, "wx+", 0o600);
    // Written at a position, so that the descriptor that is handed on still stands at its beginning.
    await file.write(bytes, 0, bytes.length, 0);
    return file;
  } finally {
    await rm(folder, { recursive: true });
  }
};
