import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { link, open, readdir, unlink } from "node:fs/promises";
import path from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { parseRunId, type RunId } from "../../workflow/ids.ts";

/**
 * The lock on an approval that outlives a restored database: one file for ever, named for the approval and holding the
 * run that spent it. "won" for the first run, "again" for the same one, "lost" for every other (evidence.md 3.4).
 */
export const consumeOnce = async (
  folder: string,
  approvalId: string,
  run: RunId,
): Promise<"won" | "again" | "lost"> => {
  return orFailure(folder, async () => {
    if (await layOnce(folder, approvalId, run)) return "won";
    return (await consumedBy(folder, approvalId)) === run ? "again" : "lost";
  });
};

/**
 * Lays every lock of one folder that another one lacks into that one, as it is written there: one that names no run any
 * more holds against every run. Answers the approvals that were carried.
 */
export const carryConsumed = async (from: string, to: string): Promise<readonly string[]> =>
  orFailure(to, async () => {
    const there = await allConsumed(to);
    const carried: string[] = [];
    for (const [approvalId, text] of await allConsumed(from))
      if (!there.has(approvalId) && (await layOnce(to, approvalId, text))) carried.push(approvalId);
    return carried;
  });

/** The run that spent an approval. What is no run id is named too, and is nobody's. */
export const consumedBy = async (folder: string, approvalId: string): Promise<RunId | "nobody" | "unreadable"> => {
  const text = await readPlain(fileOf(folder, approvalId));
  return text === "absent" ? "nobody" : (parseRunId(text.replace(/\n$/, "")) ?? "unreadable");
};

/** Every approval that has a lock here, and the run that its lock names; what is no run id is named as it is written. */
export const allConsumed = async (folder: string): Promise<ReadonlyMap<string, string>> => {
  const names = await readdir(folder).catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  });
  const locks = names.filter((name) => APPROVAL_ID.test(name)).toSorted();
  return new Map(
    await Promise.all(locks.map(async (id) => [id, (await readPlain(path.join(folder, id))).trim()] as const)),
  );
};

const APPROVAL_ID = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

const fileOf = (folder: string, approvalId: string): string => {
  if (!APPROVAL_ID.test(approvalId)) throw new TypeError(`not an approval id: ${approvalId}`);
  return path.join(folder, approvalId);
};

/** Whether the lock is the one that was laid now; on disk in either case. */
const layOnce = async (folder: string, approvalId: string, text: string): Promise<boolean> => {
  const file = fileOf(folder, approvalId);
  const fresh = path.join(folder, `.${approvalId}.${randomBytes(8).toString("hex")}`);
  try {
    await writeDurably(fresh, `${text}\n`);
    const won = await linkOnce(fresh, file);
    // Also where it is not: the one that won may have died before its directory entry was on disk.
    await syncFolder(folder);
    return won;
  } finally {
    await unlink(fresh).catch(() => undefined);
  }
};

const writeDurably = async (file: string, text: string): Promise<void> => {
  const handle = await open(file, "wx", 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const linkOnce = async (from: string, to: string): Promise<boolean> => {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};

const readPlain = async (file: string): Promise<string> => {
  try {
    const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      if (!(await handle.stat()).isFile()) return "";
      return await handle.readFile("utf8");
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (codeOf(error) === "ENOENT") return "absent";
    if (codeOf(error) === "ELOOP") return "";
    throw error;
  }
};

const orFailure = async <T>(folder: string, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (cause) {
    if (["ENOSPC", "EDQUOT"].includes(codeOf(cause)))
      throw new Failure("store/no-space", `No space left in ${folder}.`, { cause, retry: true });
    if (codeOf(cause) !== "") throw new Failure("home/unreadable", `${folder} cannot be written.`, { cause });
    throw cause;
  }
};

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
