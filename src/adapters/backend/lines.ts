import { LIMITS } from "../../workflow/limits.ts";

/** The lines of a stream as bytes, without their ends. A line beyond the limit ends it with "too-long". */
export async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array | "too-long"> {
  let pending: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of stream) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, from)) {
      pending.push(chunk.subarray(from, end));
      yield Buffer.concat(pending);
      pending = [];
      size = 0;
      from = end + 1;
    }
    if (from === chunk.length) continue;
    pending.push(chunk.subarray(from));
    size += chunk.length - from;
    if (size > LIMITS.frameBytesMax) {
      yield "too-long";
      return;
    }
  }
  if (size > 0) yield Buffer.concat(pending);
}

const NEWLINE = 0x0a;

/** Reads a stream to its end and hands on what fits; the rest is read and dropped, so that nobody waits for a reader. */
export const drain = async (
  stream: ReadableStream<Uint8Array>,
  bytesMax: number,
  take: (bytes: Uint8Array) => void,
): Promise<void> => {
  let left = bytesMax;
  for await (const chunk of stream) {
    if (left > 0) take(chunk.subarray(0, left));
    left -= chunk.length;
  }
};
