import { randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import { link, lstat, mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** The bytes of a private key that nobody else can read; "absent" where there is none. Links are not followed. */
export const readPrivate = async (file: string): Promise<Buffer | "absent"> => {
  let handle;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "absent";
    throw unusable(file, error);
  }
  try {
    const wrong = exposureOf(await handle.stat());
    if (wrong !== undefined) throw new Failure("keys/exposed", `${file} ${wrong}.`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
};

/** What makes a file unfit to be a private key of this user, in words; undefined where nothing does. */
export const exposureOf = (about: Stats): string | undefined => {
  if (!about.isFile()) return "is no plain file";
  if (about.uid !== process.getuid?.()) return `belongs to uid ${about.uid}, not to this user`;
  if ((about.mode & 0o077) !== 0) return `can be read or written by others: mode ${octal(about.mode)}`;
  return about.size > LIMITS.keyFileBytesMax ? `has more than ${LIMITS.keyFileBytesMax} bytes` : undefined;
};

/** The same for a folder on the way to it. */
export const folderExposure = async (folder: string, openBits: number): Promise<string | undefined> => {
  const about = await lstat(folder);
  if (!about.isDirectory()) return "is no folder";
  if (about.uid !== process.getuid?.()) return `belongs to uid ${about.uid}, not to this user`;
  return (about.mode & openBits) === 0 ? undefined : `is open to others: mode ${octal(about.mode)}`;
};

const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, "0");

/** A whole new file on disk, or the one that stands there already: false then, and nothing of it is changed. */
export const createDurably = async (file: string, bytes: string, mode: number): Promise<boolean> => {
  const fresh = await writeFresh(file, bytes, mode);
  try {
    await link(fresh, file);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw unusable(file, error);
  } finally {
    await rm(fresh, { force: true });
    await syncFolder(path.dirname(file));
  }
};

/** Puts a whole file in the place of whatever stands there. */
export const replaceDurably = async (file: string, bytes: string, mode: number): Promise<void> => {
  await rename(await writeFresh(file, bytes, mode), file);
  await syncFolder(path.dirname(file));
};

export const renameDurably = async (from: string, to: string): Promise<void> => {
  await rename(from, to);
  await syncFolder(path.dirname(to));
};

export const makeFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { mode: 0o700 });
    await syncFolder(path.dirname(folder));
  } catch (error) {
    if (codeOf(error) !== "EEXIST" || !(await lstat(folder)).isDirectory()) throw unusable(folder, error);
  }
};

const writeFresh = async (file: string, bytes: string, mode: number): Promise<string> => {
  const fresh = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    const handle = await open(fresh, "wx", mode);
    try {
      await handle.writeFile(bytes);
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw unusable(file, error);
  }
  return fresh;
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error ? String(error.code) : undefined;

const unusable = (file: string, error: unknown): Failure =>
  codeOf(error) === "ENOSPC"
    ? new Failure("store/no-space", `No space left for ${file}.`, { cause: error })
    : new Failure("home/unreadable", `${file} cannot be read or written: ${codeOf(error) ?? "unknown"}.`, {
        cause: error,
      });
