import { constants } from "node:fs";
import { lstat, mkdir, open, rm, rmdir } from "node:fs/promises";
import path from "node:path";

import { createFile, replaceFile, syncFolder } from "./durable-file.ts";
import { blobOf } from "./manifest.ts";
import { readBlob, type TreeChange } from "./tree-changes.ts";

export interface CheckoutPlace {
  readonly repository: string;
  /** Where the new contents are read from. */
  readonly ledger: string;
  readonly run: string;
}

/** `left`: what lies there is neither the old nor the new content, so it is somebody's work and stays. */
export type CheckedOut = "done" | "left";

/**
 * Brings one path of the work tree from its old to its new content (git.md 9, 7). Only a file whose bytes and mode are
 * exactly the old ones is touched; no link is followed on the way to it. Again: the same.
 */
export const checkOut = async (place: CheckoutPlace, change: TreeChange): Promise<CheckedOut> => {
  const file = path.join(place.repository, change.path);
  const folder = path.dirname(file);
  if (!(await reachFolder(place.repository, path.posix.dirname(change.path), change.newMode !== NONE))) {
    return change.newMode === NONE ? "done" : "left";
  }
  const found = await lookAt(file);
  if (found.is === stateOf(change.newMode, change.newBlob)) return settled(place, change);
  if (found.is !== stateOf(change.oldMode, change.oldBlob)) return "left";
  if (change.newMode === NONE) {
    await rm(file);
    await syncFolder(folder);
    return settled(place, change);
  }
  const bytes = await readBlob(place.ledger, change.newBlob);
  if (found.is === "absent") return (await createFile(place, file, bytes, freshMode(change))) ? "done" : "left";
  await replaceFile(place, file, bytes, keptMode(found.mode, change));
  return "done";
};

/** The mode of what is not there, in the words of `diff-tree`. */
export const NONE = "000000";

export type Found = { readonly is: string; readonly mode: number };

/** A path's state in the words of a tree: absent, or mode and blob; anything else has a word no tree uses. */
export const lookAt = async (file: string): Promise<Found> => {
  const stat = await lstat(file).catch(() => undefined);
  if (stat === undefined) return { is: "absent", mode: 0 };
  if (!stat.isFile()) return { is: "not a plain file", mode: 0 };
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const mode = stat.mode & 0o7777;
    return { is: stateOf((mode & 0o100) === 0 ? "100644" : "100755", blobOf(await handle.readFile())), mode };
  } finally {
    await handle.close();
  }
};

export const stateOf = (mode: string, blob: string): string => (mode === NONE ? "absent" : `${mode} ${blob}`);

const freshMode = ({ newMode }: TreeChange): number => (newMode === "100755" ? 0o755 : 0o644);

/** The owner's choice of who may read and write a file outlives its content. */
const keptMode = (mode: number, { newMode }: TreeChange): number =>
  newMode === "100755" ? mode | ((mode & 0o444) >> 2) : mode & ~0o111;

/** Walks down without following a link; missing folders are made where a file is to be. False: the way is barred. */
const reachFolder = async (repository: string, folder: string, make: boolean): Promise<boolean> => {
  let at = repository;
  for (const part of folder === "." ? [] : folder.split("/")) {
    const above = at;
    at = path.join(at, part);
    const stat = await lstat(at).catch(() => undefined);
    if (stat?.isDirectory() === true) continue;
    if (stat !== undefined || !make) return false;
    await mkdir(at, { mode: 0o755 });
    await syncFolder(above);
  }
  return true;
};

/** After a removal git keeps no empty folder, and neither do we; one that still holds something stays. */
const settled = async (place: CheckoutPlace, change: TreeChange): Promise<CheckedOut> => {
  if (change.newMode !== NONE) return "done";
  let folder = path.posix.dirname(change.path);
  while (folder !== ".") {
    const gone = await rmdir(path.join(place.repository, folder)).then(
      () => true,
      () => false,
    );
    if (!gone) break;
    folder = path.posix.dirname(folder);
  }
  return "done";
};
