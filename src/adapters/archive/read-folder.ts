import { constants, type Stats } from "node:fs";
import { open, readdir, type FileHandle } from "node:fs/promises";
import path from "node:path";

import type { OpenBundle } from "../../seams/archive.ts";
import type { DigestedFile } from "../../workflow/evidence/verify/reading.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { digestStream, pieces } from "./digest-stream.ts";

const DEPTH_MAX = 8;

/**
 * Any folder as path -> bytes, or only a digest for what is large. Only plain files with one name are read; links, devices, pipes, empty folders, names that
 * are no UTF-8, and whatever goes beyond the limits are listed as odd and never opened for reading.
 */
export const readFolder = async (folder: string, state: "sealed" | "unsealed"): Promise<OpenBundle> => {
  const files = new Map<string, Uint8Array>();
  const digested = new Map<string, DigestedFile>();
  const isPartial = state === "sealed" && path.basename(folder).startsWith(".partial-");
  const odd: string[] = isPartial ? [path.basename(folder)] : [];
  let [bytes, held] = [0, 0];

  const readFile = async (name: string): Promise<void> => {
    if (files.size + digested.size >= LIMITS.bundleFilesMax) return void odd.push(name);
    const content = await readPlain(path.join(folder, name), LIMITS.bundleBytesMax - bytes, heldMax(held));
    if (content === "odd") return void odd.push(name);
    if (content instanceof Uint8Array) {
      held += content.length;
      files.set(name, content);
    } else digested.set(name, content);
    bytes += content instanceof Uint8Array ? content.length : content.size;
  };
  const walk = async (below: string, depth: number): Promise<void> => {
    const entries = await readdir(path.join(folder, below), { withFileTypes: true, encoding: "buffer" });
    if (entries.length === 0 || depth > DEPTH_MAX) odd.push(`${below}/`);
    if (depth > DEPTH_MAX) return;
    for (const entry of entries.toSorted((a, b) => Buffer.compare(a.name, b.name))) {
      const text = entry.name.toString("utf8");
      const name = below === "" ? text : `${below}/${text}`;
      if (!Buffer.from(text, "utf8").equals(entry.name)) odd.push(name);
      else if (entry.isDirectory()) await walk(name, depth + 1);
      else if (entry.isFile()) await readFile(name);
      else odd.push(name);
      if (odd.length > LIMITS.bundleFilesMax) return;
    }
  };

  try {
    await walk("", 0);
  } catch (error) {
    throw new Failure("home/unreadable", `${folder} cannot be read.`, { cause: error });
  }
  return { folder, files, digested, odd };
};

/** The kind of file is asked of what was opened, not of its name: a pipe or link put there in between is odd as well. */
const readPlain = async (
  file: string,
  bytesMax: number,
  heldBytesMax: number,
): Promise<Uint8Array | DigestedFile | "odd"> => {
  let handle: FileHandle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ELOOP" || error.code === "ENXIO")) return "odd";
    throw error;
  }
  try {
    const stat = await handle.stat();
    if (!isPlain(stat, bytesMax)) return "odd";
    return stat.size > heldBytesMax ? await digestStream(pieces(handle)) : new Uint8Array(await handle.readFile());
  } finally {
    await handle.close();
  }
};

const heldMax = (held: number): number => Math.min(LIMITS.bundleHeldFileBytesMax, LIMITS.bundleHeldBytesMax - held);

const isPlain = (stat: Stats, bytesMax: number): boolean => stat.isFile() && stat.nlink === 1 && stat.size <= bytesMax;
