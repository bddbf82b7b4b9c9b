import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { connect, createServer, Socket, type Server } from "node:net";
import { tmpdir } from "node:os";

import { LIMITS } from "../../../workflow/limits.ts";

/** What the Harness lays out on the host so that a sandbox that leaks would find it (confinement.md 10). */
export interface Planted {
  /** Holds the token, and belongs to the uid of the stage: nothing but its absence keeps it unwritten. */
  readonly file: string;
  readonly token: string;
  readonly socket: string;
  readonly abstract: string;
  readonly port: number;
  readonly process: { readonly pid: number; readonly name: string };
  /** Does outside what the inside will try. */
  control(): Promise<ReadonlyMap<string, boolean>>;
  /** What the inside left of it. */
  isUntouched(): boolean;
  /** Whether somebody has called who said this name first; whoever else calls is a stranger of this machine. */
  wasCalledBy(name: string): Promise<boolean>;
  remove(): Promise<void>;
}

/** Every planted token begins with it, and nothing that is told to the inside holds it. */
export const TOKEN = "cto-canary-token-";

export const plant = async (uid: number): Promise<Planted> => {
  const name = `cto-canary-${randomBytes(8).toString("hex")}`;
  const token = `${TOKEN}${randomBytes(16).toString("hex")}`;
  const folder = mkdtempSync(`${roomySocketFolder()}/cto-canary-`);
  chmodSync(folder, 0o711);
  const file = `${folder}/file`;
  writeFileSync(file, token, { mode: 0o600 });
  if (process.getuid?.() === 0) chownSync(file, uid, uid);
  const socket = `${folder}/socket`;
  const callers = new Set<string>();
  const servers = [createServer(), createServer(), createServer()] as const;
  const [loopback, unix, abstract] = servers;
  for (const server of servers) server.on("connection", (call) => hear(call, callers)).unref();
  await Promise.all([
    listening(loopback, { host: "127.0.0.1", port: 0 }),
    listening(unix, { path: socket }),
    listening(abstract, { path: `\0${name}` }),
  ]);
  chmodSync(socket, 0o666);
  const port = portOf(loopback);
  process.env[ENVIRONMENT_NAME] = token;
  const victim = standingProcess(name, token);
  await untilNamed(victim, name);
  return {
    file,
    token,
    socket,
    abstract: name,
    port,
    process: { pid: victim.pid ?? 0, name },
    control: async () =>
      new Map([
        ["planted file", textOf(file) === token],
        ["planted token in the Harness's environment", process.env[ENVIRONMENT_NAME] !== undefined],
        ["planted process", isThere(victim) && textOf(`/proc/${victim.pid}/cmdline`).includes(name)],
        ["listener on 127.0.0.1", await answers(loopback, { host: "127.0.0.1", port })],
        ["listener on a unix socket", await answers(unix, { path: socket })],
        ["listener on an abstract socket", await answers(abstract, { path: `\0${name}` })],
      ]),
    isUntouched: () => textOf(file) === token && isThere(victim),
    wasCalledBy: async (name) => {
      // What has been sent is in the kernel's hands already; a few turns of the loop hand it on.
      for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      return callers.has(name);
    },
    remove: async () => {
      for (const server of servers) server.close();
      victim.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const TURNS = 8;
const NAME_BYTES_MAX = 64;
const CALLERS_MAX = 1_000;

const hear = (call: Socket, callers: Set<string>): void => {
  call.unref();
  call.on("error", () => call.destroy());
  call.once("data", (bytes: Buffer) => {
    if (callers.size < CALLERS_MAX) callers.add(bytes.subarray(0, NAME_BYTES_MAX).toString("latin1"));
    call.destroy();
  });
  call.once("end", () => call.destroy());
};

// One name for all stages: each child of the Harness that inherits an environment has some token in it.
const ENVIRONMENT_NAME = "CTO_CANARY";

// The path of a unix socket has at most 107 bytes.
const roomySocketFolder = (): string => (tmpdir().length <= 60 ? tmpdir() : "/tmp");

const listening = (server: Server, place: { path: string } | { host: string; port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(place, resolve);
  });

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
};

const answers = async (server: Server, place: { path: string } | { host: string; port: number }): Promise<boolean> => {
  const arrived = new Promise<void>((resolve) => server.once("connection", () => resolve()));
  const socket = connect(place);
  const failed = new Promise<boolean>((resolve) => socket.once("error", () => resolve(false)));
  const reached = await Promise.race([arrived.then(() => true), failed]);
  socket.destroy();
  return reached;
};

// Waits for its input to end, so that it dies with the Harness, however that dies.
const standingProcess = (name: string, token: string): ChildProcess => {
  const child = spawn("/bin/bash", ["--norc", "--noprofile", "-c", "read -r _", name], {
    stdio: ["pipe", "ignore", "ignore"],
    env: { [ENVIRONMENT_NAME]: token },
  });
  child.on("error", () => undefined);
  child.unref();
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
};

// Between the close of its descriptors and its new arguments a process that begins a program has no name.
const untilNamed = async ({ pid }: ChildProcess, name: string): Promise<void> => {
  const until = performance.now() + LIMITS.sandboxProbeTimeoutMs;
  while (!textOf(`/proc/${pid ?? 0}/cmdline`).includes(name) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
};

const LOOK_AGAIN_MS = 1;

const isThere = (child: ChildProcess): boolean => {
  try {
    return child.pid !== undefined && child.exitCode === null && process.kill(child.pid, 0);
  } catch {
    return false;
  }
};

// Gone is as much an answer as changed: whoever took it away has reached it.
const textOf = (path: string): string => {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
};
