import { z } from "zod";

import type { Room } from "../../seams/backend.ts";
import type { Confined } from "../../seams/sandbox.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { drain, linesOf } from "./lines.ts";
import { insidePath } from "./programs.ts";

/** An act that could not be done, as the hand found it: no such file, a link in the way, a folder. */
export class HandRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = "HandRefusal";
    this.code = code;
  }
}

interface HandFile {
  readonly content: Uint8Array;
  readonly bytes: number;
  readonly sha256: string;
  readonly more: boolean;
}

/** Reads and writes in the Workspace from inside the sandbox. The Harness itself never opens a file there (backends.md 6). */
export interface Hand {
  read(path: string, from?: number): Promise<HandFile>;
  write(path: string, content: Uint8Array): Promise<{ readonly bytes: number; readonly sha256: string }>;
  list(path: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** A hand that starts with its first act: an agent that never uses us costs no second process. */
export const openHand = (room: Room): Hand => {
  let running: Promise<Running> | undefined;
  const act = async (name: string, how: Readonly<Record<string, unknown>>): Promise<unknown> =>
    (await (running ??= startHand(room))).act(name, how);
  return {
    read: async (path, from = 0) => {
      const file = readAnswer.parse(await act("read", { path, from, bytesMax: LIMITS.handReadBytesMax }));
      return { ...file, content: Buffer.from(file.content, "base64") };
    },
    write: async (path, content) =>
      writtenAnswer.parse(await act("write", { path, content: Buffer.from(content).toString("base64") })),
    list: async (path) => listAnswer.parse(await act("list", { path })).names,
    close: async () => {
      if (running !== undefined) await (await running).confined.stop();
    },
  };
};

interface Running {
  readonly confined: Confined;
  readonly act: (name: string, how: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

const readAnswer = z.object({ content: z.string(), bytes: z.number(), sha256: z.string(), more: z.boolean() });
const writtenAnswer = z.object({ bytes: z.number(), sha256: z.string() });
const listAnswer = z.object({ names: z.array(z.string()) });
const answerLine = z.union([
  z.object({ id: z.number(), ok: z.unknown(), error: z.undefined().optional() }),
  z.object({ id: z.number(), error: z.object({ code: z.string(), message: z.string() }) }),
]);

const startHand = async (room: Room): Promise<Running> => {
  const confined = await room.start([process.execPath, insidePath("hand.mjs")], {});
  const waiting = new Map<
    number,
    { readonly resolve: (ok: unknown) => void; readonly reject: (error: Error) => void }
  >();
  const writer = confined.stdin.getWriter();
  let said = "";
  let lastId = 0;
  let isGone = false;
  const gone = (): Failure => new Failure("sandbox/broken", `The hand inside the sandbox is gone. ${said}`.trim());

  const reading = async (): Promise<void> => {
    for await (const line of linesOf(confined.stdout)) {
      if (line === "too-long") break;
      const answer = answerLine.parse(JSON.parse(Buffer.from(line).toString("utf8")));
      const pending = waiting.get(answer.id);
      waiting.delete(answer.id);
      if (answer.error === undefined) pending?.resolve(answer.ok);
      else pending?.reject(new HandRefusal(answer.error.code, answer.error.message));
    }
  };
  const end = (): void => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(gone());
    waiting.clear();
  };
  reading().then(end, end);
  drain(confined.stderr, LIMITS.stepOutputBytesMax, (bytes) => {
    said += Buffer.from(bytes).toString("utf8");
  }).catch(() => undefined);

  return {
    confined,
    act: async (name, how) => {
      if (isGone) throw gone();
      const id = (lastId += 1);
      const { promise, resolve, reject } = Promise.withResolvers<unknown>();
      waiting.set(id, { resolve, reject });
      const timer = setTimeout(
        () => reject(new Failure("sandbox/broken", "The hand inside the sandbox does not answer.")),
        LIMITS.handActTimeoutMs,
      );
      try {
        await writer.write(new TextEncoder().encode(`${JSON.stringify({ id, act: name, ...how })}\n`));
        return await promise;
      } catch (error) {
        if (error instanceof Failure || error instanceof HandRefusal) throw error;
        throw gone();
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
  };
};
