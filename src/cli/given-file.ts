import { constants } from "node:fs";
import { open } from "node:fs/promises";
import path from "node:path";

import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import { usageError } from "./usage-error.ts";

/** A file that the command line names, at most `bytesMax` and one byte more; a usage error if it cannot be read. */
export const readGiven = async (cwd: string, given: string, bytesMax: number): Promise<Uint8Array | Answer> => {
  try {
    // Non-blocking, so that a pipe cannot hold the reader.
    const handle = await open(path.resolve(cwd, given), constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return usageError(`${visible(given)} is no file`, "name a plain file");
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

export const isBytes = (read: Uint8Array | Answer): read is Uint8Array => read instanceof Uint8Array;
