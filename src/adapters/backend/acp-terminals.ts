import { createHash } from "node:crypto";

import type { Room } from "../../seams/backend.ts";
import type { Confined, Ended } from "../../seams/sandbox.ts";
import type { OwnFact } from "../../workflow/backend/frame.ts";
import { LIMITS } from "../../workflow/limits.ts";

interface TerminalOrder {
  /** The command as it was judged and is told. */
  readonly line: string;
  readonly argv: readonly string[];
  /** Relative to the Workspace. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly outputBytesMax: number;
  readonly rule: string;
}

interface TerminalOutput {
  readonly output: string;
  readonly truncated: boolean;
  readonly end: Pick<Ended, "code" | "signal"> | undefined;
}

/** Commands of an agent, each started by us in a sandbox start of its own: nobody inside can lie about their end. */
export interface Terminals {
  /** Undefined when there are too many. */
  create(order: TerminalOrder): Promise<string | undefined>;
  output(id: string): TerminalOutput | undefined;
  /** Undefined where there is no such terminal. */
  wait(id: string): Promise<TerminalOutput | undefined>;
  kill(id: string): Promise<void>;
  running(): number;
  close(): Promise<void>;
}

export const openTerminals = (room: Room, tell: (fact: OwnFact) => void): Terminals => {
  const open = new Map<string, Terminal>();
  const running = (): readonly Terminal[] => [...open.values()].filter((terminal) => terminal.end === undefined);
  return {
    create: async (order) => {
      if (open.size >= LIMITS.terminalsMax) return undefined;
      const id = `terminal-${open.size + 1}`;
      const argv = ["/bin/bash", "-c", 'cd -- "$0" && exec "$@"', order.cwd, ...order.argv];
      const confined = await room.start(argv, order.env);
      tell({ did: "started", terminal: id, command: order.line, cwd: order.cwd, rule: order.rule });
      open.set(id, follow(id, confined, order.outputBytesMax, tell));
      return id;
    },
    output: (id) => snapshot(open.get(id)),
    wait: async (id) => {
      const terminal = open.get(id);
      await terminal?.ended;
      return snapshot(terminal);
    },
    kill: async (id) => {
      const terminal = open.get(id);
      if (terminal === undefined || terminal.end !== undefined) return;
      await terminal.confined.stop();
      await terminal.ended;
    },
    running: () => running().length,
    close: async () => {
      await Promise.all(running().map(async ({ confined }) => confined.stop()));
      await Promise.all([...open.values()].map(async ({ ended }) => ended));
    },
  };
};

interface Terminal {
  readonly confined: Confined;
  readonly ended: Promise<void>;
  kept: Buffer;
  bytes: number;
  end: Ended | undefined;
}

const follow = (id: string, confined: Confined, bytesMax: number, tell: (fact: OwnFact) => void): Terminal => {
  const hash = createHash("sha256");
  const take = async (stream: ReadableStream<Uint8Array>): Promise<void> => {
    for await (const chunk of stream) {
      terminal.bytes += chunk.length;
      hash.update(chunk);
      const kept = Buffer.concat([terminal.kept, chunk]);
      terminal.kept = kept.subarray(Math.max(0, kept.length - bytesMax));
    }
  };
  const finish = async (): Promise<void> => {
    await confined.stdin.close().catch(() => undefined);
    await Promise.allSettled([take(confined.stdout), take(confined.stderr)]);
    const end = await confined.ended;
    terminal.end = end;
    tell({
      did: "ended",
      terminal: id,
      exitCode: end.code,
      signal: end.signal,
      bytes: terminal.bytes,
      sha256: hash.digest("hex"),
      truncated: terminal.bytes > terminal.kept.length,
    });
  };
  const { promise, resolve } = Promise.withResolvers<void>();
  const terminal: Terminal = { confined, ended: promise, kept: Buffer.alloc(0), bytes: 0, end: undefined };
  finish().then(resolve, resolve);
  return terminal;
};

const snapshot = (terminal: Terminal | undefined): TerminalOutput | undefined =>
  terminal === undefined
    ? undefined
    : {
        output: terminal.kept.toString("utf8"),
        truncated: terminal.bytes > terminal.kept.length,
        end: terminal.end === undefined ? undefined : { code: terminal.end.code, signal: terminal.end.signal },
      };
