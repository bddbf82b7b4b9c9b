import { readdir, stat } from "node:fs/promises";

import type { ProcessId } from "./processes.ts";

/** Bytes on one device that only open descriptors of these processes still hold: no walk of a folder finds them. */
export const unlinkedBytes = async (processes: readonly ProcessId[], device: number): Promise<number> => {
  const found = await Promise.all(processes.map(({ pid }) => unlinkedOf(pid, device)));
  return [...new Map(found.flat()).values()].reduce((sum, bytes) => sum + bytes, 0);
};

const unlinkedOf = async (
  pid: number,
  device: number,
): Promise<readonly (readonly [inode: number, bytes: number])[]> => {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const files = await Promise.all(descriptors.map((fd) => stat(`/proc/${pid}/fd/${fd}`).catch(() => undefined)));
  return files.flatMap((file) =>
    file !== undefined && file.isFile() && file.nlink === 0 && file.dev === device
      ? [[file.ino, Math.max(file.size, file.blocks * 512)] as const]
      : [],
  );
};
