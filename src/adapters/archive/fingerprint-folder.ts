import { hash } from "node:crypto";
import { lstat, readdir } from "node:fs/promises";
import path from "node:path";

import { LIMITS } from "../../workflow/limits.ts";

/** A file system tells times in ticks of some milliseconds: within one of them a file can change and show the same time. */
const SETTLED_AFTER_MS = 2_000n;
const NS_IN_MS = 1_000_000n;

/**
 * What changes with every write below a folder: names, kinds, inodes, sizes and times of change, which utimes(2) cannot set.
 * Undefined where something changed just now, is too much, is neither folder nor plain file, or went away meanwhile.
 */
export const fingerprintFolder = async (folder: string): Promise<string | undefined> => {
  const settledBefore = BigInt(Date.now()) - SETTLED_AFTER_MS;
  let seen = 0;
  const look = async (below: string): Promise<readonly string[] | undefined> => {
    if ((seen += 1) > LIMITS.bundleFilesMax) return undefined;
    const stat = await lstat(path.join(folder, below), { bigint: true });
    const { mode, ino, dev, size, nlink, ctimeNs } = stat;
    if (ctimeNs / NS_IN_MS > settledBefore) return undefined;
    const line = `${[mode, ino, dev, size, nlink, ctimeNs].join(" ")} ${JSON.stringify(below)}\n`;
    if (!stat.isDirectory()) return stat.isFile() ? [line] : undefined;
    const names = (await readdir(path.join(folder, below))).toSorted();
    const inside = await Promise.all(names.map((name) => look(path.join(below, name))));
    return inside.includes(undefined) ? undefined : [line, ...inside.flatMap((lines) => lines ?? [])];
  };
  try {
    // A file in the folder's place, or a link to one elsewhere, tells nothing of what is read through it.
    if (!(await lstat(folder)).isDirectory()) return undefined;
    const lines = await look("");
    return lines === undefined ? undefined : hash("sha256", lines.join(""));
  } catch {
    return undefined;
  }
};
