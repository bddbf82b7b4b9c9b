import assert from "node:assert/strict";
import path from "node:path";

import type { Target } from "../../seams/target.ts";
import type { Candidate, Commit } from "../../workflow/commit/commit.ts";
import { commitMessage } from "../../workflow/commit/message.ts";
import { Failure } from "../../workflow/failure.ts";
import type { OnTarget, Permit } from "../../workflow/gate/permit.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { Clearance } from "../../workflow/policy/judge-changes.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import type { PassedValidation } from "../../workflow/validation/validation.ts";
import type { Checkout, Workspace } from "../../workflow/workspace/workspace.ts";
import { openDoor } from "./door.ts";
import { canonicalDiff, exportObjects } from "./export-objects.ts";
import { forgetRun, forgetWorkspace } from "./forget-run.ts";
import { harvest } from "./harvest.ts";
import { isAncestor, land, tipOf } from "./landing.ts";
import { layOver } from "./lay-over.ts";
import { findLedgerClone, importCommit, isHeld, openLedgerClone } from "./ledger-clone.ts";
import { listHead } from "./list-head.ts";
import { fingerprint, observe } from "./observe.ts";
import { codeOf } from "./plain-file.ts";
import { candidateOf, makeCandidate } from "./plumb-commit.ts";
import { leaveShared } from "./pristine-lease.ts";
import { enterShared } from "./pristine.ts";
import { prove } from "./prove.ts";
import { readChange } from "./read-change.ts";
import { rehearse } from "./rehearse.ts";
import { replayPatch } from "./replay-patch.ts";
import { rollBack } from "./rollback.ts";
import { manifestOf } from "./workspace-digest.ts";
import { closeWorkspace, layPrivate, openWorkspace } from "./workspace.ts";
import { writeClearedTree } from "./write-tree.ts";

export interface GitTargetOptions {
  /** Absolute path of `.cto` in the home: ledger clones, workspaces and kept contents lie below it. */
  readonly stateFolder: string;
  /** Another `.cto` whose ledger clone is read where it holds the base; nothing is written there. */
  readonly readFrom?: string;
}

/** The Target Repository behind the seam: real git, in the neutral environment, on git directories of ours. */
export const gitTarget = ({ stateFolder, readFrom }: GitTargetOptions): Target => {
  const ledgerOf = async (ground: OnTarget): Promise<string> =>
    (await readableLedger(readFrom, ground)) ?? openLedgerWithBase(stateFolder, ground);
  const shelf = path.join(stateFolder, "workspaces");
  const cache = path.join(stateFolder, "cache", "pristine");
  return {
    observe: worldly((path) => observe(path)),
    fingerprint: worldly(fingerprint),
    listHead: worldly(listHead),
    openWorkspace: worldly(async (permit, tree, purpose) =>
      openWorkspace(await ledgerOf(permit), permit.run, tree, purpose),
    ),
    checkout: worldly((permit, workspace, owner, use) =>
      use === "private"
        ? layPrivate(workspace, shelf, owner)
        : shareCheckout({ shelf, cache, base: permit.admission.observation.tree }, workspace, owner),
    ),
    harvest: worldly((_permit, workspace, files) => harvest(workspace, files, contentsOf(stateFolder, workspace))),
    readChange: worldly(async (ground, change, contents) => readChange(await ledgerOf(ground), change, contents)),
    manifestOf: worldly(manifestOf),
    closeWorkspace: worldly(async (workspace) => {
      await closeWorkspace(workspace, shelf);
      await leaveShared(cache, workspace.id);
    }),
    forgetWorkspace: worldly(({ id }) => forgetWorkspace(stateFolder, id)),
    forgetRun: worldly((run) => forgetRun(stateFolder, run)),
    writeTree: worldly(async (permit, clearance) => writeTree(await ledgerOf(permit), permit, clearance)),
    prepareCommit: worldly(async (permit, clearance, validation) =>
      prepareCommit(await ledgerOf(permit), permit, clearance, validation),
    ),
    commit: worldly(async (permit, candidate) => commit(await ledgerOf(permit), permit, candidate)),
    landed: worldly(async (permit) => landed(await ledgerOf(permit), permit)),
    prove: worldly(async (permit, before, commit) => {
      const { run, epochSeconds } = permit;
      const { repository, branch } = placeOf(permit);
      const built = commit === "none" ? "none" : { commit, ledger: await ledgerOf(permit) };
      return prove({ run, repository, branch, epochSeconds, before, built });
    }),
    rehearseRollback: worldly(async (permit, commit) => rehearse(await ledgerOf(permit), commit, permit.epochSeconds)),
    exportObjects: worldly(async (permit, commit) => exportObjects(await ledgerOf(permit), commit)),
    diff: worldly(async (permit, from, to) => canonicalDiff(await ledgerOf(permit), from, to)),
    replayPatch: worldly(replayPatch),
    rollback: worldly((order, mode) => rollBack(stateFolder, order, mode)),
  };
};

/** What the file system refuses is the world's doing and not a bug. */
const worldly =
  <A extends readonly unknown[], T>(act: (...given: A) => Promise<T>): ((...given: A) => Promise<T>) =>
  async (...given) => {
    try {
      return await act(...given);
    } catch (cause) {
      if (!(cause instanceof Error) || cause instanceof Failure || !("errno" in cause)) throw cause;
      const code = codeOf(cause) === "ENOSPC" ? "store/no-space" : "target/unreadable";
      throw new Failure(code, cause.message, { cause });
    }
  };

interface TargetPlace {
  readonly repository: string;
  readonly branch: string;
  readonly base: Oid;
}

const placeOf = ({ admission: { observation } }: OnTarget): TargetPlace => ({
  repository: observation.realPath,
  branch: observation.branch,
  base: observation.head,
});

const readableLedger = async (readFrom: string | undefined, ground: OnTarget): Promise<string | undefined> => {
  const { repository, base } = placeOf(ground);
  const ledger = readFrom === undefined ? undefined : await findLedgerClone(readFrom, repository);
  return ledger !== undefined && (await isHeld(ledger, base)) ? ledger : undefined;
};

const openLedgerWithBase = async (stateFolder: string, ground: OnTarget): Promise<string> => {
  const { repository, branch, base } = placeOf(ground);
  const ledger = await openLedgerClone(stateFolder, repository);
  if (await isHeld(ledger, base)) return ledger;
  await throughDoor(repository, branch, (door) => importCommit(ledger, door, base));
  return ledger;
};

const throughDoor = async <T>(repository: string, branch: string, work: (door: string) => Promise<T>): Promise<T> => {
  const door = await openDoor(repository, branch);
  try {
    return await work(door.gitDir);
  } finally {
    await door.close();
  }
};

interface SharedPlace {
  readonly shelf: string;
  readonly cache: string;
  readonly base: Oid;
}

const shareCheckout = async (
  { shelf, cache, base }: SharedPlace,
  workspace: Workspace,
  owner: number,
): Promise<Checkout> => {
  const { id, ledger } = workspace;
  const folder = await enterShared({ cache, ledger, tree: base, owner, holder: id });
  return { folder, over: await layOver(workspace, base, shelf, owner) };
};

const contentsOf = (stateFolder: string, { id }: Workspace): string => path.join(stateFolder, "contents", id);

const writeTree = (ledger: string, permit: Permit, clearance: Clearance): Promise<Oid> => {
  assert.equal(clearance.run, permit.run, "a clearance is good for its own run only");
  return writeClearedTree(ledger, placeOf(permit).base, clearance);
};

const prepareCommit = async (
  ledger: string,
  permit: Permit,
  clearance: Clearance,
  validation: PassedValidation,
): Promise<Candidate> => {
  const { run, contract, epochSeconds, digests } = permit;
  const tree = await writeTree(ledger, permit, clearance);
  assert.equal(tree, validation.tree, "only the validated tree is committed");
  assert.notEqual(tree, permit.admission.observation.tree, "a run without a change ends before the commit");
  const facts = { contract, run, contractDigest: digests.contract, approvalDigest: digests.approval };
  const message = commitMessage(facts);
  return makeCandidate(ledger, { run, tree, parent: placeOf(permit).base, epochSeconds, message });
};

const commit = async (ledger: string, permit: Permit, candidate: Candidate): Promise<Result<Commit, Refusal>> => {
  const { run, epochSeconds } = permit;
  const { repository, branch, base } = placeOf(permit);
  const kept = await candidateOf(ledger, run);
  assert(kept !== "none" && kept.commit === candidate.commit, "only the commit that this run prepared is brought in");
  assert.equal(kept.parent, base, "the commit is made on the approved base");
  const before = permit.admission.observation;
  const [first, ...rest] = await throughDoor(repository, branch, (door) =>
    land({ run, repository, branch, ledger, door, from: base, to: kept.commit, epochSeconds, before }),
  );
  return first === undefined ? ok({ ...kept, ref: `refs/heads/${branch}` }) : refuse(first, ...rest);
};

const landed = async (ledger: string, permit: Permit): Promise<Commit | "none"> => {
  const { repository, branch } = placeOf(permit);
  const kept = await candidateOf(ledger, permit.run);
  if (kept === "none") return "none";
  const isThere = await throughDoor(repository, branch, async (door) => {
    const tip = await tipOf(door, branch);
    return tip !== undefined && (await isAncestor(door, kept.commit, tip));
  });
  return isThere ? { ...kept, ref: `refs/heads/${branch}` } : "none";
};
