import { link, mkdtemp, open, readdir, rename, rm } from "node:fs/promises";
import path from "node:path";

import { codeOf } from "./plain-file.ts";

/** For whom a file of a target is written. */
export interface WritingRun {
  readonly repository: string;
  readonly run: string;
}

/**
 * How the folder begins in which a run's file lies until it is whole. It stands in `.git`, where no tree can hold a name
 * and no agent can lay one, and its end is chance: nothing of the owner's is ever met, and after a crash it is found again.
 */
export const unfinishedPrefix = ({ repository, run }: WritingRun): string =>
  path.join(repository, ".git", `cto-harness-${run}-`);

/** Puts a whole file in the place of another: on disk before it has its name, so that no reader meets half of it. */
export const replaceFile = async (run: WritingRun, file: string, bytes: Uint8Array, mode: number): Promise<void> => {
  await withWhole(run, bytes, mode, (whole) => rename(whole, file));
  await syncFolder(path.dirname(file));
};

/** Makes a whole file where nothing is. False if something is there, which stays as it was. */
export const createFile = async (run: WritingRun, file: string, bytes: Uint8Array, mode: number): Promise<boolean> => {
  const made = await withWhole(run, bytes, mode, async (whole) => {
    try {
      await link(whole, file);
      return true;
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
      return false;
    }
  });
  await syncFolder(path.dirname(file));
  return made;
};

/** Takes away what a crash of this run left in `.git`. */
export const removeUnfinished = async (run: WritingRun): Promise<void> => {
  const { dir, base } = path.parse(unfinishedPrefix(run));
  for (const name of await readdir(dir))
    if (name.startsWith(base)) await rm(path.join(dir, name), { recursive: true, force: true });
};

/** A folder's names, or a file's bytes, are on disk when it settles. */
export const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

/** Git syncs a ref that it moves and not its log, which would look rewritten after a power cut. */
export const syncLogs = async (repository: string, branch: string): Promise<void> => {
  for (const log of ["HEAD", `refs/heads/${branch}`])
    await syncFolder(path.join(repository, ".git/logs", log)).catch((cause: unknown) => {
      if (codeOf(cause) !== "ENOENT") throw cause;
    });
};

const withWhole = async <T>(
  run: WritingRun,
  bytes: Uint8Array,
  mode: number,
  use: (whole: string) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(unfinishedPrefix(run));
  try {
    const whole = path.join(folder, "whole");
    const handle = await open(whole, "wx", 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await use(whole);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
