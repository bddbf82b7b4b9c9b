import { lstat, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { createFile, removeUnfinished, syncFolder } from "./durable-file.ts";
import { readPlainFile } from "./plain-file.ts";

/** What our lock holds. Git makes the same file with other content, so each side sees the other's. */
export const indexLockText = (run: RunId): string => `cto-harness ${run}\n`;

/**
 * Takes the target's `index.lock`, so that no git of a human writes the index meanwhile (git.md 9). A lock with our
 * run's name is one that a crash left, and is ours again. Any other is waited for, then `target/busy`.
 */
export const takeIndexLock = async (repository: string, run: RunId): Promise<void> => {
  const gitDir = path.join(repository, ".git");
  await removeUnfinished({ repository, run });
  const endsAt = performance.now() + LIMITS.indexLockWaitMs;
  for (;;) {
    if (await holdsIndexLock(repository, run)) return;
    const made = (await isFree(gitDir)) && (await createFile({ repository, run }, lockOf(gitDir), text(run), 0o644));
    if (made) return;
    if (performance.now() > endsAt) throw new Failure("target/busy", `${lockOf(gitDir)} is held`, { retry: true });
    await pause(LOCK_POLL_MS);
  }
};

/** Removes the lock if it is this run's; nobody else's is ever touched. */
export const releaseIndexLock = async (repository: string, run: RunId): Promise<void> => {
  if (!(await holdsIndexLock(repository, run))) return;
  const gitDir = path.join(repository, ".git");
  await rm(lockOf(gitDir), { force: true });
  await syncFolder(gitDir);
};

const LOCK_POLL_MS = 20;
const LOCK_BYTES_MAX = 256;

const holdsIndexLock = async (repository: string, run: RunId): Promise<boolean> => {
  const found = readPlainFile(lockOf(path.join(repository, ".git")), LOCK_BYTES_MAX);
  return found.is === "plain" && Buffer.from(found.bytes).equals(text(run));
};

const text = (run: RunId): Buffer => Buffer.from(indexLockText(run));

const lockOf = (gitDir: string): string => path.join(gitDir, "index.lock");

const isFree = (gitDir: string): Promise<boolean> =>
  lstat(lockOf(gitDir)).then(
    () => false,
    () => true,
  );
