import { constants } from "node:fs";
import { open } from "node:fs/promises";

import type { OpenBundle } from "../../seams/archive.ts";
import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";
import { heldFile, readTar } from "../../workflow/evidence/verify/tar.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { digestedTaker, pieces } from "./digest-stream.ts";

/** A tar that holds one bundle, as path -> bytes, without unpacking it; large files are only digested, as in a folder. */
export const readTarFile = async (file: string): Promise<OpenBundle> => {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      let held = 0;
      const read = await readTar(pieces(handle), (size) => {
        if (size > Math.min(LIMITS.bundleHeldFileBytesMax, LIMITS.bundleHeldBytesMax - held)) return digestedTaker();
        held += size;
        return heldFile();
      });
      const files = new Map<string, Uint8Array>();
      const digested = new Map<string, DigestedFile>();
      for (const [name, content] of read.files)
        if (content instanceof Uint8Array) files.set(name, content);
        else digested.set(name, content);
      return { folder: file, files, digested, odd: read.odd };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new Failure("home/unreadable", `${file} cannot be read.`, { cause: error });
  }
};
