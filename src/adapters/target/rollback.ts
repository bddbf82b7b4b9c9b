import assert from "node:assert/strict";

import type { RollbackDone, RollbackOrder } from "../../seams/target.ts";
import type { Observation } from "../../workflow/admission/observation.ts";
import { equalsBaseAt, pathsBuiltOn, type TreeMap } from "../../workflow/commit/rollback.ts";
import type { Oid } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { openDoor } from "./door.ts";
import { git } from "./git.ts";
import { indexLockText } from "./index-lock.ts";
import { isAncestor, land, tipOf } from "./landing.ts";
import { importCommit, openLedgerClone, readRef, treeOf } from "./ledger-clone.ts";
import { observe } from "./observe.ts";
import { commitTree, parentOf } from "./plumb-commit.ts";
import { treeChanges } from "./tree-changes.ts";
import { readTree } from "./tree.ts";
import { indexLine, NO_BLOB, writeTreeOf } from "./write-tree.ts";

/** Undoes exactly one commit of the Harness by one more commit, never by moving the branch back (git.md 12). */
export const rollBack = async (
  stateFolder: string,
  order: RollbackOrder,
  mode: "dry-run" | "real",
): Promise<Result<RollbackDone, Refusal>> => {
  const ledger = await openLedgerClone(stateFolder, order.path);
  const again = await landedBefore(ledger, order);
  if (again !== "none") return mode === "real" ? bringIn(ledger, order, again, "landed") : doneBy(ledger, order, again);
  const seen = await observe(order.path, { heldLock: indexLockText(order.run) });
  if (!seen.ok) {
    const what = seen.refusals.map(({ code }) => code).join(", ");
    return refuse(refusal("rollback/target-not-clean", { what }), ...seen.refusals);
  }
  const planned = await plan(ledger, order, seen.value);
  if (!planned.ok) return planned;
  return mode === "real" ? bringIn(ledger, order, planned.value, seen.value) : doneBy(ledger, order, planned.value);
};

/** What the rollback adds: one commit, on this tip. */
interface Plan {
  readonly commit: Oid;
  readonly parent: Oid;
}

/** Where the ledger clone keeps the inverse commit of a run, before the target is touched. */
const rollbackRef = ({ run }: RollbackOrder): string => `refs/cto/rollbacks/${run}`;

/** The inverse commit of an earlier call, if the branch already holds it. */
const landedBefore = async (ledger: string, order: RollbackOrder): Promise<Plan | "none"> => {
  const commit = await readRef(ledger, rollbackRef(order));
  if (commit === undefined) return "none";
  const door = await openDoor(order.path, order.branch);
  try {
    const tip = await tipOf(door.gitDir, order.branch);
    if (tip === undefined || !(await isAncestor(door.gitDir, commit, tip))) return "none";
    return { commit, parent: await parentOf(ledger, commit) };
  } finally {
    await door.close();
  }
};

const plan = async (ledger: string, order: RollbackOrder, seen: Observation): Promise<Result<Plan, Refusal>> => {
  const door = await openDoor(order.path, order.branch);
  const { branch, commit } = order;
  try {
    if (seen.branch !== branch || !(await isAncestor(door.gitDir, commit, seen.head))) {
      return refuse(refusal("rollback/not-on-branch", { commit, branch }));
    }
    for (const needed of [order.base, commit, seen.head]) {
      if ((await readRef(door.gitDir, needed)) === undefined) return notTheCommit(order, "its base is not there");
      await importCommit(ledger, door.gitDir, needed);
    }
  } finally {
    await door.close();
  }
  const unlike = await unlikeEvidence(ledger, order);
  if (unlike !== undefined) return notTheCommit(order, unlike);
  const restored = await restore(ledger, order, seen.head);
  if (!restored.ok) return restored;
  const { run, epochSeconds, message } = order;
  const made = await commitTree(ledger, { run, tree: restored.value, parent: seen.head, epochSeconds, message });
  return ok({ commit: made, parent: seen.head });
};

const notTheCommit = ({ commit }: RollbackOrder, what: string): Result<never, Refusal> =>
  refuse(refusal("rollback/not-the-commit", { commit, what }));

const unlikeEvidence = async (ledger: string, order: RollbackOrder): Promise<string | undefined> => {
  const { commit, base, baseTree, pathsChanged } = order;
  if ((await parentOf(ledger, commit).catch(() => undefined)) !== base) return `its parent is not ${base}`;
  if ((await treeOf(ledger, base)) !== baseTree) return `the tree of its base is not ${baseTree}`;
  const paths = (await treeChanges(ledger, base, commit)).map(({ path }) => path);
  return paths.sort().join("\0") === [...pathsChanged].sort().join("\0") ? undefined : "it changed other paths";
};

/** The tip's tree with the base's contents at the paths of the commit, or the paths that others have built on. */
const restore = async (ledger: string, order: RollbackOrder, tip: Oid): Promise<Result<Oid, Refusal>> => {
  if (tip === order.commit) return ok(order.baseTree);
  const trees = await treesOf(ledger, order, tip);
  const conflicts = pathsBuiltOn(trees);
  if (conflicts.length > 0) {
    return refuse(refusal("rollback/conflict", { paths: conflicts.join(", "), commit: order.commit }));
  }
  const removals = order.pathsChanged.map((path) => indexLine({ path, mode: "0" }, NO_BLOB));
  const restored = order.pathsChanged.flatMap((path) => {
    const [mode, blob] = trees.base.get(path)?.split(" ") ?? [];
    return mode === undefined || blob === undefined ? [] : [indexLine({ path, mode }, blob)];
  });
  return ok(await writeTreeOf(ledger, tip, [...removals, ...restored]));
};

const bringIn = async (
  ledger: string,
  order: RollbackOrder,
  { commit, parent }: Plan,
  before: Observation | "landed",
): Promise<Result<RollbackDone, Refusal>> => {
  const { run, path: repository, branch, epochSeconds } = order;
  await git(ledger, ["update-ref", rollbackRef(order), commit]);
  const door = await openDoor(repository, branch);
  try {
    const way = { run, repository, branch, ledger, door: door.gitDir, from: parent, to: commit, epochSeconds };
    const [first, ...rest] = await land({ ...way, before });
    if (first === undefined) return await doneBy(ledger, order, { commit, parent });
    const what = [first, ...rest].map(({ code }) => code).join(", ");
    return refuse(refusal("rollback/target-not-clean", { what }), first, ...rest);
  } finally {
    await door.close();
  }
};

const doneBy = async (
  ledger: string,
  order: RollbackOrder,
  { commit, parent }: Plan,
): Promise<Result<RollbackDone, Refusal>> => {
  const tree = await treeOf(ledger, commit);
  const proof = tree === order.baseTree ? "tree-equals-base" : "paths-equal-base";
  if (proof === "paths-equal-base") {
    const { paths, base, tip } = await treesOf(ledger, order, parent);
    assert(equalsBaseAt({ paths, base, tip }, await treeMap(ledger, tree)), "the rollback restores something else");
  }
  const clean = (await observe(order.path)).ok;
  return ok({ rollbackCommit: commit, parent, tree, proof, clean });
};

const treesOf = async (ledger: string, order: RollbackOrder, tip: Oid) => ({
  paths: order.pathsChanged,
  base: await treeMap(ledger, order.baseTree),
  commit: await treeMap(ledger, await treeOf(ledger, order.commit)),
  tip: await treeMap(ledger, await treeOf(ledger, tip)),
});

const treeMap = async (ledger: string, tree: Oid): Promise<TreeMap> =>
  new Map(
    (await readTree(ledger, tree)).map(({ path, utf8, mode, oid }) => [utf8 ? path : `\0${path}`, `${mode} ${oid}`]),
  );
