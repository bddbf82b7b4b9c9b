import { constants } from "node:fs";
import { open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";

import type { Digest } from "../../workflow/digest.ts";
import { SUMS } from "../../workflow/evidence/bundle-table.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { ManifestFile } from "./bundle-manifest.ts";
import { digestStream, pieces, written } from "./digest-stream.ts";

export interface SealedFiles {
  readonly files: readonly ManifestFile[];
  readonly sums: Digest;
}

/** Every file of a sealed folder with its digest, by stream. Anything but plain files is a Failure: nothing of it is uploaded. */
export const sealedFiles = async (folder: string, run: RunId): Promise<SealedFiles> => {
  const files: ManifestFile[] = [];
  const odd = (name: string): never => {
    throw new Failure("archive/altered", `${run} here holds ${JSON.stringify(name)}, which no bundle has.`);
  };
  const walk = async (below: string): Promise<void> => {
    for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
      const name = below === "" ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) await walk(name);
      else if (!entry.isFile() || !/^[!-~]{1,255}$/.test(name) || files.length >= LIMITS.bundleFilesMax) odd(name);
      else files.push(await digestedFile(folder, name));
    }
  };
  await walk("");
  const sums = files.find(({ name }) => name === SUMS) ?? odd(SUMS);
  return { files: files.toSorted((a, b) => (a.name < b.name ? -1 : 1)), sums: sums.sha256 };
};

/** The bytes of one file of a sealed folder. What grew or shrank since it was digested ends with a Failure. */
export async function* sealedBytes(
  folder: string,
  { name, size }: ManifestFile,
): AsyncGenerator<Uint8Array, void, undefined> {
  const handle = await openPlain(folder, name);
  try {
    let left = size;
    for await (const piece of pieces(handle)) {
      left -= piece.length;
      if (left < 0) break;
      // The next piece is read into the same memory while this one is still on its way.
      yield piece.slice();
    }
    if (left !== 0) throw new Failure("archive/altered", `${name} changes while it is read.`);
  } finally {
    await handle.close();
  }
}

const digestedFile = async (folder: string, name: string): Promise<ManifestFile> => {
  const handle = await openPlain(folder, name);
  try {
    const read = await digestStream(pieces(handle));
    return { name, size: read.size, sha256: written(read) };
  } finally {
    await handle.close();
  }
};

const openPlain = async (folder: string, name: string): Promise<FileHandle> => {
  const handle = await open(path.join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  const stat = await handle.stat();
  if (stat.isFile() && stat.nlink === 1) return handle;
  await handle.close();
  throw new Failure("archive/altered", `${name} is no plain file of its own.`);
};
