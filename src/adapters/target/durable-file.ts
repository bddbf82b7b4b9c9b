import { link, open, rename, rm } from "node:fs/promises";
import path from "node:path";

import { codeOf } from "./plain-file.ts";

/** The one name that a run gives to its unfinished file in a folder of the target; after a crash it is found again. */
export const unfinishedName = (run: string): string => `.cto-harness-${run}.tmp`;

/** Puts a whole file in the place of another: on disk before it has its name, so that no reader meets half of it. */
export const replaceFile = async (file: string, run: string, bytes: Uint8Array, mode: number): Promise<void> => {
  const unfinished = await writeUnfinished(path.dirname(file), run, bytes, mode);
  await rename(unfinished, file);
  await syncFolder(path.dirname(file));
};

/** Makes a whole file where nothing is. False if something is there, which stays as it was. */
export const createFile = async (file: string, run: string, bytes: Uint8Array, mode: number): Promise<boolean> => {
  const unfinished = await writeUnfinished(path.dirname(file), run, bytes, mode);
  try {
    await link(unfinished, file);
    return true;
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
    return false;
  } finally {
    await rm(unfinished, { force: true });
    await syncFolder(path.dirname(file));
  }
};

export const removeUnfinished = (folder: string, run: string): Promise<void> =>
  rm(path.join(folder, unfinishedName(run)), { force: true });

export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const writeUnfinished = async (folder: string, run: string, bytes: Uint8Array, mode: number): Promise<string> => {
  const file = path.join(folder, unfinishedName(run));
  await rm(file, { force: true });
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(bytes);
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return file;
};
