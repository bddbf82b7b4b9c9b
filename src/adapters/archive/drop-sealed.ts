import { chmod, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import type { RunId } from "../../workflow/ids.ts";

/** Takes a sealed folder away: gone under its name at once, then byte by byte. What a kill leaves is taken by the next one. */
export const dropSealed = async (runs: string, run: RunId): Promise<void> => {
  const leaving = path.join(runs, `${LEAVING}${run}`);
  for (const left of await readdir(runs)) if (left.startsWith(LEAVING)) await removeReadOnly(path.join(runs, left));
  await rename(path.join(runs, run), leaving);
  const handle = await open(runs, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  await removeReadOnly(leaving);
};

const LEAVING = ".leaving-";

/** A folder of ours whose folders may be read-only. */
export const removeReadOnly = async (folder: string): Promise<void> => {
  await makeWritable(folder);
  await rm(folder, { recursive: true, force: true });
};

const makeWritable = async (folder: string): Promise<void> => {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true }))
    if (entry.isDirectory()) await makeWritable(path.join(folder, entry.name));
};
