import assert from "node:assert/strict";
import { copyFile, lstat, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";

import type { Observation } from "../../workflow/admission/observation.ts";
import { looseObject, movesBetween } from "../../workflow/commit/nothing-else.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseOid, type Oid, type RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { barredAmong } from "./barred.ts";
import { checkOut } from "./checkout.ts";
import { replaceFile, syncLogs } from "./durable-file.ts";
import { git } from "./git.ts";
import { indexLockText, releaseIndexLock, takeIndexLock } from "./index-lock.ts";
import { readRef } from "./ledger-clone.ts";
import { damagedObject } from "./object-check.ts";
import { observe } from "./observe.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { codeOf, readPlainFile } from "./plain-file.ts";
import { identityAt } from "./plumb-commit.ts";
import { newObjects, treeChanges } from "./tree-changes.ts";
import { withIndex } from "./write-tree.ts";

/** One commit on its way into the target: the branch goes from exactly `from` to exactly `to`. */
export interface Landing {
  readonly run: RunId;
  readonly repository: string;
  readonly branch: string;
  /** Ledger clone and door (git.md 3). */
  readonly ledger: string;
  readonly door: string;
  readonly from: Oid;
  readonly to: Oid;
  readonly epochSeconds: number;
  /** What the target must still be when the commit comes; of no matter once the branch holds it. */
  readonly before: Observation | "landed";
}

interface LandingStep {
  readonly name: "lock" | "look" | "objects" | "swap" | "files" | "index" | "unlock";
  /** Answers why not; nothing means go on. Doing it again, after a crash at any point, does no harm. */
  readonly act: (landing: Landing) => Promise<readonly Refusal[]>;
}

/**
 * Steps 4 to 7 of git.md 9. The look comes before the objects, so that a refusal leaves no object behind. The index
 * lock is held from look to end: without it a human's commit could take our commit as parent and his old index as tree.
 */
export const LANDING_STEPS: readonly LandingStep[] = [
  { name: "lock", act: lock },
  { name: "look", act: look },
  { name: "objects", act: bringObjects },
  { name: "swap", act: swap },
  { name: "files", act: checkOutAll },
  { name: "index", act: moveIndex },
  { name: "unlock", act: unlock },
];

/** Every step in order, one process at a time. Refused: the lock is gone and the branch never moved. */
export const land = (landing: Landing): Promise<readonly Refusal[]> =>
  oneAtATime(path.join(landing.ledger, "landing.lock"), async () => {
    let refusals: readonly Refusal[] = [];
    try {
      for (const { act } of LANDING_STEPS) {
        refusals = await act(landing);
        if (refusals.length > 0) break;
      }
    } finally {
      // A branch that moved without its index stays locked until the same run comes again and finishes.
      if ((await positionOf(landing)) !== "landed") await unlock(landing);
    }
    return refusals;
  });

/** Where the branch stands: still at `from`, at `to`, at a descendant of `to`, or somewhere else. */
const positionOf = async ({ door, branch, from, to }: Landing): Promise<"before" | "landed" | "past" | "moved"> => {
  const tip = await tipOf(door, branch);
  if (tip === to) return "landed";
  if (tip === from) return "before";
  return tip !== undefined && (await isAncestor(door, to, tip)) ? "past" : "moved";
};

/** What the branch names, read as it is written: the object itself is not looked at. */
export const tipOf = async (door: string, branch: string): Promise<Oid | undefined> => {
  // A loose ref that holds an id is all that git would read; what is packed, symbolic or odd is left to git.
  const loose = readPlainFile(path.join(door, "refs", "heads", branch), REF_LINE_BYTES);
  const written = loose.is === "plain" ? parseOid(new TextDecoder().decode(loose.bytes).trimEnd()) : undefined;
  if (written !== undefined) return written;
  const answer = await git(door, ["rev-parse", "-q", "--verify", `refs/heads/${branch}`], { answers: [1] });
  return parseOid(answer.text);
};

const REF_LINE_BYTES = 41;

/** Whether a commit is `tip` or one of its ancestors; a commit that the repository does not hold is not. */
export const isAncestor = async (door: string, commit: Oid, tip: Oid): Promise<boolean> => {
  if ((await readRef(door, commit)) === undefined) return false;
  return (await git(door, ["merge-base", "--is-ancestor", commit, tip], { answers: [1] })).code === 0;
};

async function lock({ repository, run }: Landing): Promise<readonly Refusal[]> {
  await takeIndexLock(repository, run);
  return [];
}

async function look(landing: Landing): Promise<readonly Refusal[]> {
  const position = await positionOf(landing);
  if (position === "moved") return [await baseMoved(landing)];
  if (position !== "before") return [];
  const { before } = landing;
  assert(before !== "landed", "a branch that was moved is where it was before");
  const seen = await seeAgain(landing);
  if (seen === "moved") return [await baseMoved(landing)];
  if (!seen.ok) {
    const what = seen.refusals.map(({ code }) => code).join(", ");
    return [refusal("commit/target-not-clean", { what }), ...seen.refusals];
  }
  const objects = await newObjects(landing.ledger, landing.from, landing.to);
  const oid = await damagedObject(landing.door, objects);
  const damaged = oid === undefined ? [] : [refusal("commit/object-damaged", { oid })];
  const changes = await treeChanges(landing.ledger, landing.from, landing.to);
  return [...differences(before, seen.value, objects), ...damaged, ...(await barredAmong(landing.repository, changes))];
}

/** The whole preflight once more, our own lock allowed. A branch that moves meanwhile is an answer and no failure. */
const seeAgain = async (landing: Landing): Promise<Result<Observation, Refusal> | "moved"> => {
  try {
    const seen = await observe(landing.repository, { heldLock: indexLockText(landing.run) });
    return (await positionOf(landing)) === "before" ? seen : "moved";
  } catch (cause) {
    if ((await positionOf(landing)) === "before") throw cause;
    return "moved";
  }
};

async function bringObjects(landing: Landing): Promise<readonly Refusal[]> {
  if ((await positionOf(landing)) !== "before") return [];
  const { ledger, repository, from, to } = landing;
  const pack = await git(ledger, ["pack-objects", "-q", "--revs", "--stdout"], { input: `${to}\n^${from}\n` });
  const env = { GIT_OBJECT_DIRECTORY: path.join(repository, ".git", "objects") };
  // The modes in the target are those that its owner's umask gives, and not those of our own git directory.
  await git(ledger, ["-c", "core.sharedRepository=umask", "unpack-objects", "-q"], { env, input: pack.stdout });
  return [];
}

async function swap(landing: Landing): Promise<readonly Refusal[]> {
  const endsAt = performance.now() + LIMITS.indexLockWaitMs;
  for (;;) {
    const position = await positionOf(landing);
    if (position === "moved") return [await baseMoved(landing)];
    if (position !== "before") return [];
    try {
      await compareAndSwap(landing);
    } catch (cause) {
      // Either the branch moved, which the next look says, or somebody holds the lock of the ref.
      if (!(cause instanceof Failure)) throw cause;
      if (performance.now() > endsAt) throw new Failure("target/busy", cause.message, { cause, retry: true });
      await pause(SWAP_POLL_MS);
    }
  }
}

const compareAndSwap = async (landing: Landing): Promise<void> => {
  const { door, repository, branch, from, to, run, epochSeconds } = landing;
  // An owner who keeps no reflogs gets none from us.
  const keepsLogs = await lstat(path.join(repository, ".git", "logs")).catch(() => undefined);
  const log = keepsLogs === undefined ? ["-c", "core.logAllRefUpdates=false"] : [];
  const create = keepsLogs === undefined ? [] : ["--create-reflog"];
  const args = [...log, "update-ref", ...create, "-m", `cto run ${run}`, `refs/heads/${branch}`, to, from];
  await git(door, args, { env: identityAt(epochSeconds) });
  await syncLogs(repository, branch);
};

async function checkOutAll(landing: Landing): Promise<readonly Refusal[]> {
  if ((await positionOf(landing)) !== "landed") return [];
  for (const change of await treeChanges(landing.ledger, landing.from, landing.to)) {
    try {
      await checkOut(landing, change);
    } catch (cause) {
      // Somebody turned folders or rights around meanwhile: his doing stays, and the proof tells of it.
      if (!BARRED.has(codeOf(cause))) throw cause;
    }
  }
  return [];
}

const BARRED: ReadonlySet<string> = new Set([
  "EACCES",
  "EPERM",
  "ENOENT",
  "ENOTDIR",
  "EISDIR",
  "ELOOP",
  "EEXIST",
  "EXDEV",
  "EBUSY",
]);

async function moveIndex(landing: Landing): Promise<readonly Refusal[]> {
  if ((await positionOf(landing)) !== "landed") return [];
  const { ledger, repository, from, to } = landing;
  const file = path.join(repository, ".git", "index");
  await withIndex(async (index) => {
    await copyFile(file, index);
    const call = { env: { GIT_INDEX_FILE: index }, answers: [1] };
    const differs = async (from: Oid): Promise<boolean> =>
      (await git(ledger, ["diff-index", "--cached", "--quiet", from], call)).code === 1;
    // An index that is neither the old tree's nor ours holds what a human staged, and stays his.
    if (!(await differs(to)) || (await differs(from))) return;
    await git(ledger, ["read-tree", "-i", "-m", from, to], call);
    await git(ledger, [`--work-tree=${repository}`, "update-index", "-q", "--refresh"], call);
    const { mode } = await lstat(file);
    await replaceFile(landing, file, await readFile(index), mode & 0o7777);
  });
  return [];
}

async function unlock({ repository, run }: Landing): Promise<readonly Refusal[]> {
  await releaseIndexLock(repository, run);
  return [];
}

const SWAP_POLL_MS = 20;
const ENTRIES_SHOWN = 8;

/** Objects of ours that an earlier attempt left are no difference. */
const differences = (before: Observation, now: Observation, objects: readonly Oid[]): readonly Refusal[] => {
  const ours = new Set(objects.map(looseObject));
  const moves = movesBetween(before.controlPlane, now.controlPlane);
  const moved = moves.map(({ name }) => name).filter((name) => !ours.has(name));
  const refusals: Refusal[] = [];
  if (moved.length > 0) {
    const more = moved.length > ENTRIES_SHOWN ? ` and ${moved.length - ENTRIES_SHOWN} more` : "";
    const entries = `${moved.slice(0, ENTRIES_SHOWN).join(", ")}${more}`;
    refusals.push(refusal("commit/control-plane-changed", { entries }));
  }
  if (before.manifest !== now.manifest) {
    const what = before.ignored === now.ignored ? "modes or folders changed" : "files that git ignores changed";
    refusals.push(refusal("commit/target-not-clean", { what }));
  }
  return refusals;
};

const baseMoved = async ({ door, branch, from }: Landing): Promise<Refusal> => {
  const found = (await tipOf(door, branch)) ?? "no commit";
  return refusal("commit/base-moved", { branch, found, expected: from });
};
