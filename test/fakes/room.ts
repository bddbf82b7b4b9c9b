import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import { Readable, Writable } from "node:stream";

import type { Backend, FrameSink, Room } from "../../src/seams/backend.ts";
import type { Confined, Ended } from "../../src/seams/sandbox.ts";
import type { Assignment } from "../../src/workflow/backend/assignment.ts";
import type { Intent, Verdict } from "../../src/workflow/backend/attempt.ts";
import type { BackendEvent } from "../../src/workflow/backend/backend-events.ts";

/** A room without walls: processes start directly in a temporary workspace. For tests of backends, never for an agent. */
export interface FakeRoom extends Room {
  readonly workspace: string;
  readonly events: BackendEvent[];
  readonly judged: { readonly intent: Intent; readonly verdict: Verdict }[];
  readonly started: {
    readonly argv: readonly string[];
    readonly env: Readonly<Record<string, string>>;
    readonly confined: Confined;
  }[];
  readonly stop: () => void;
  /** From now on the agent has asked beyond this budget, again and again. */
  readonly spend: (budget: string) => void;
  log(name: string): string;
  close(): Promise<void>;
}

export const openFakeRoom = async (
  backend: Backend,
  assignment: Assignment,
  judge: (intent: Intent) => Verdict,
  files: Readonly<Record<string, string>> = {},
): Promise<FakeRoom> => {
  const home = await mkdtemp(path.join(os.tmpdir(), "cto-room-"));
  const workspace = path.join(home, "workspace");
  await mkdir(workspace);
  for (const [name, content] of Object.entries(files)) await lay(path.join(workspace, name), content);
  // What is laid at a place inside stands below the room's home; names of it are moved there in arguments and variables.
  const moved = (text: string): string =>
    text.replaceAll(/(^|[:=])(?=\/(?:opt\/cto|home\/agent)(?:\/|$))/g, `$1${home}`);
  const needs = await backend.needs(assignment);
  for (const file of needs.files) await lay(path.join(home, file.path), file.content);

  const controller = new AbortController();
  let spent: string | undefined;
  const logs = new Map<string, Uint8Array[]>();
  const keep = (log: string, bytes: Uint8Array): void => {
    const kept = logs.get(log) ?? [];
    logs.set(log, kept);
    kept.push(Uint8Array.from(bytes));
  };
  const room: FakeRoom = {
    workspace,
    events: [],
    judged: [],
    started: [],
    stop: () => controller.abort(),
    offerTools: () => undefined,
    spend: (budget) => {
      spent = budget;
    },
    overspent: () => spent,
    signal: controller.signal,
    start: async (argv, env) => {
      const variables = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, moved(value)]));
      const confined = startDirectly(argv.map(moved), {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        HOME: path.join(home, "home/agent"),
        ...variables,
        CTO_WORKSPACE: workspace,
      });
      room.started.push({ argv, env, confined });
      return confined;
    },
    judge: (intent) => {
      const verdict = judge(intent);
      room.judged.push({ intent, verdict });
      return verdict;
    },
    tell: (event) => void room.events.push(event),
    now: () => Date.now(),
    keep,
    frames: { ...framesAsTheyAre, keep: (line) => keep("frames.jsonl", line) },
    log: (name) => Buffer.concat(logs.get(name) ?? []).toString("utf8"),
    close: async () => {
      await Promise.all(room.started.map(async ({ confined }) => confined.stop()));
      await rm(home, { recursive: true, force: true });
    },
  };
  return room;
};

/** A sink of frames that knows no secret. */
export const framesAsTheyAre: FrameSink = {
  line: (text) => text,
  text: (text) => text,
  open: () => ({ push: (piece) => piece, end: () => "", isWaiting: () => false }),
  keep: () => undefined,
};

const lay = async (file: string, content: string | Uint8Array): Promise<void> => {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, content);
};

const startDirectly = (argv: readonly string[], env: NodeJS.ProcessEnv): Confined => {
  const start = performance.now();
  const [program = "", ...args] = argv;
  const child = spawn(program, args, {
    env,
    cwd: env["CTO_WORKSPACE"],
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<Ended>((resolve) => {
    const end = (code: number | null, signal: string | null): void =>
      resolve({ code, signal, ms: performance.now() - start });
    child.on("error", () => end(127, null));
    child.on("exit", end);
  });
  child.stdin.on("error", () => undefined);
  return {
    pid: child.pid ?? 0,
    stdin: Writable.toWeb(child.stdin),
    stdout: Readable.toWeb(child.stdout) as ReadableStream<Uint8Array>,
    stderr: Readable.toWeb(child.stderr) as ReadableStream<Uint8Array>,
    stop: async () => {
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
        process.kill(-child.pid, "SIGKILL");
      await ended;
    },
    ended,
  };
};
