import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

import { parseDigest, type Digest } from "../../workflow/digest.ts";
import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";
import { heldFile, type FileTaker } from "../../workflow/evidence/verify/tar.ts";
import { LIMITS } from "../../workflow/limits.ts";

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

/** The same, of a file that comes piece by piece. */
export const digestedTaker = (): Omit<FileTaker, "done"> & { readonly done: () => DigestedFile } => {
  const hash = createHash("sha256");
  let size = 0;
  return {
    take: (piece) => {
      hash.update(piece);
      size += piece.length;
    },
    done: () => ({ size, sha256: hash.digest() }),
  };
};

/**
 * Keeps the files whose size is wanted, as long as all of them together are no more than a bundle may be held with. Sizes
 * are all that is known beforehand, and whoever lies has as many files of one size as he likes.
 */
export const heldWithin = (
  isWanted: (size: number) => boolean,
  otherwise: (size: number) => FileTaker = digestedTaker,
  bytesMax: number = LIMITS.bundleHeldBytesMax,
): ((size: number) => FileTaker) => {
  let left = bytesMax;
  return (size) => {
    if (!isWanted(size)) return otherwise(size);
    left -= size;
    return left < 0 ? digestedTaker() : heldFile();
  };
};

/** A digest as it is written. */
export const written = ({ sha256 }: DigestedFile): Digest => {
  const digest = parseDigest(Buffer.from(sha256).toString("hex"));
  if (digest === undefined) throw new TypeError("a digest has 64 digits");
  return digest;
};

/** A stream as one array; where it has more than `bytesMax` bytes, the beginning of it and at least one byte too much. */
export const heldBytes = async (source: AsyncIterable<Uint8Array>, bytesMax: number): Promise<Uint8Array> => {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of source) {
    parts.push(piece);
    size += piece.length;
    if (size > bytesMax) break;
  }
  return new Uint8Array(Buffer.concat(parts));
};
