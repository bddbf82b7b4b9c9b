import { randomUUID } from "node:crypto";
import { constants } from "node:fs";
import { open, readFile, realpath, rename, stat, unlink } from "node:fs/promises";
import path from "node:path";

import { Failure } from "../workflow/failure.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import { usageError } from "./usage-error.ts";

/** A file that the command line names, at most `bytesMax` and one byte more; a usage error if it cannot be read. */
export const readGiven = async (
  cwd: string,
  given: string,
  bytesMax: number,
  whose: "anybody's" | "ours alone" = "anybody's",
): Promise<Uint8Array | Answer> => {
  try {
    // Non-blocking, so that a pipe cannot hold the reader.
    const handle = await open(path.resolve(cwd, given), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) return usageError(`${visible(given)} is no file`, "name a plain file");
      if (whose === "ours alone" && mayOthersWrite(found))
        return usageError(`${visible(given)} may be written by others`, "chmod go-w, and own it or have root own it");
      const buffer = new Uint8Array(bytesMax + 1);
      let size = 0;
      for (let got = -1; got !== 0 && size < buffer.length;) {
        ({ bytesRead: got } = await handle.read(buffer, size, buffer.length - size, null));
        size += got;
      }
      return buffer.slice(0, size);
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const why = error.code === "ENOENT" ? "there is no such file" : String(error.code);
    return usageError(`${visible(given)} cannot be read: ${why}`, "name a file that can be read");
  }
};

const mayOthersWrite = ({ mode, uid }: { readonly mode: number; readonly uid: number }): boolean =>
  (mode & 0o022) !== 0 || (uid !== 0 && uid !== process.getuid?.());

export const isBytes = (read: Uint8Array | Answer): read is Uint8Array => read instanceof Uint8Array;

/** Writes such a file anew, at once and only over the bytes that were read; a Failure where it cannot be. */
export const replaceGiven = async (cwd: string, given: string, bytes: Uint8Array, over: Uint8Array): Promise<void> => {
  try {
    await replaceAt(await realpath(path.resolve(cwd, given)), given, bytes, over);
  } catch (error) {
    if (error instanceof Failure || !(error instanceof Error) || !("code" in error)) throw error;
    throw error.code === "ENOSPC" || error.code === "EDQUOT"
      ? new Failure("store/no-space", `No space left for ${given}; nothing was written.`, { cause: error })
      : new Failure("home/unreadable", `${given} cannot be written: ${String(error.code)}.`, { cause: error });
  }
};

const replaceAt = async (place: string, given: string, bytes: Uint8Array, over: Uint8Array): Promise<void> => {
  const fresh = `${place}.${randomUUID()}`;
  try {
    const handle = await open(fresh, "wx", (await stat(place)).mode & 0o777);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (Buffer.compare(await readFile(place), over) !== 0)
      throw new Failure("home/changed-meanwhile", `${given} is not what was read before; nothing was written.`);
    await rename(fresh, place);
  } finally {
    await unlink(fresh).catch(() => undefined);
  }
};
