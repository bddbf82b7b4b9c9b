import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { isLiving, thisProcess } from "./living.ts";
import { codeOf } from "./plain-file.ts";

/**
 * Runs `work` while no other process of the Harness is in the same place. The lock lies in a folder of ours and names
 * its holder, so that the lock of a killed process is taken over at once and never a living one's.
 */
export const oneAtATime = async <T>(lock: string, work: () => Promise<T>): Promise<T> => {
  const mine = `${lock}.${process.pid}-${++taken}`;
  const endsAt = performance.now() + LIMITS.gitTimeoutMs;
  await writeFile(mine, `${thisProcess()} ${taken}\n`, { flush: true });
  try {
    while (!(await takes(mine, lock))) {
      if (performance.now() > endsAt) throw new Failure("target/busy", `${lock} is held`, { retry: true });
      await pause(POLL_MS);
    }
    try {
      return await work();
    } finally {
      if ((await holder(lock)) === (await holder(mine))) await rm(lock, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
};

const POLL_MS = 10;

let taken = 0;

const takes = async (mine: string, lock: string): Promise<boolean> => {
  try {
    await link(mine, lock);
    return true;
  } catch (cause) {
    if (codeOf(cause) !== "EEXIST") throw cause;
  }
  await clearDead(lock, `${mine}.dead`);
  return false;
};

/**
 * Moves a lock aside before judging it, so that of several heirs only one judges it. A living one's is put back. One
 * that is gone was given up: whoever takes it next must not have it moved from under him.
 */
const clearDead = async (lock: string, aside: string): Promise<void> => {
  const words = await holder(lock);
  if (words === undefined || isLiving(words)) return;
  try {
    await rename(lock, aside);
    if (isLiving((await holder(aside)) ?? "")) await link(aside, lock);
  } catch (cause) {
    if (codeOf(cause) !== "ENOENT" && codeOf(cause) !== "EEXIST") throw cause;
  } finally {
    await rm(aside, { force: true });
  }
};

/** The words of who holds a lock; undefined where nobody does. */
const holder = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").then(
    (text) => text.trim(),
    (cause: unknown) => {
      if (codeOf(cause) === "ENOENT") return undefined;
      throw cause;
    },
  );
