import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";

const PIECE_BYTES = 1_048_576;

/** The bytes of an open file from its start, piece by piece; the next one is read while the last one is used. */
export async function* pieces(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  let [mine, next] = [Buffer.allocUnsafe(PIECE_BYTES), Buffer.allocUnsafe(PIECE_BYTES)];
  let reading = handle.read(mine, 0, PIECE_BYTES, null);
  for (;;) {
    const { bytesRead } = await reading;
    if (bytesRead === 0) return;
    reading = handle.read(next, 0, PIECE_BYTES, null);
    yield mine.subarray(0, bytesRead);
    [mine, next] = [next, mine];
  }
}

/** Size and digest of a stream of which nothing is kept. */
export const digestStream = async (stream: AsyncIterable<Uint8Array>): Promise<DigestedFile> => {
  const hash = createHash("sha256");
  let size = 0;
  for await (const piece of stream) {
    hash.update(piece);
    size += piece.length;
  }
  return { size, sha256: hash.digest() };
};
