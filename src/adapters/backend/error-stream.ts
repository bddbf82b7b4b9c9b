import type { Room } from "../../seams/backend.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { shownWords } from "./agents-words.ts";
import { drain } from "./lines.ts";
import { within } from "./watch.ts";

/** What an agent writes to its error stream: the beginning is kept in `stderr.log`, the end is remembered. */
export interface ErrorStream {
  /** Settles with its end, or after so many milliseconds: something left behind may hold it open. */
  ended(ms: number): Promise<void>;
  /** Its last line with anything in it, for a sentence of ours; undefined where none is known from its beginning. */
  lastLine(): string | undefined;
}

export const openErrorStream = (
  room: Pick<Room, "keep" | "frames">,
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
): ErrorStream => {
  let left = bytesMax;
  let tail: Buffer = Buffer.alloc(0);
  let isCut = false;
  const reading = drain(stream, Number.POSITIVE_INFINITY, (bytes) => {
    if (left > 0) room.keep("stderr.log", bytes.subarray(0, left));
    left -= bytes.length;
    const all = Buffer.concat([tail, bytes]);
    isCut ||= all.length > LIMITS.lastWordsBytesMax;
    tail = all.subarray(Math.max(0, all.length - LIMITS.lastWordsBytesMax));
  });
  reading.catch(() => undefined);
  return {
    ended: async (ms) => {
      await within(ms, Promise.allSettled([reading]));
    },
    lastLine: () => {
      // Redacted as a whole: a line alone may be the end of a secret, and so may be what is left of a cut one.
      const lines = room.frames.text(tail.toString("utf8")).split(/\r\n|\r|\n/);
      const last = (isCut ? lines.slice(1) : lines).findLast((line) => line.trim() !== "");
      return last === undefined ? undefined : shownWords(last.trim());
    },
  };
};
