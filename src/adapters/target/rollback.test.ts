import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { CHANGED, targetRun, type TargetRun } from "../../../test/repositories/target-run.ts";
import type { RollbackOrder } from "../../seams/target.ts";
import { rollbackMessage } from "../../workflow/commit/rollback.ts";
import { parseOid } from "../../workflow/ids.ts";
import { refusalsOf } from "../../workflow/result.ts";
import { openDoor } from "./door.ts";
import { git } from "./git.ts";
import { LANDING_STEPS } from "./landing.ts";
import { openLedgerClone } from "./ledger-clone.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const FILES = { "README.md": "# Sample\n", "src/strings.py": "a\nb\nc\nd\ne\nf\ng\nh\n", "src/old.py": "OLD\n" };

type Files = Parameters<TargetRun["prepare"]>[0];

interface Rejected {
  readonly run: TargetRun;
  readonly order: RollbackOrder;
  readonly repository: ScratchRepository;
}

/** A run whose commit stands in the target and was rejected. */
const rejected = async (files: Files = { ...CHANGED, "src/old.py": undefined }): Promise<Rejected> => {
  const repository = scratchRepository(FILES);
  cleanups.push(repository.remove);
  const run = await targetRun(repository);
  const done = await run.target.commit(run.permit, await run.prepare(files));
  if (!done.ok) throw new Error(JSON.stringify(done.refusals));
  const { commit, parent: base } = done.value;
  const order: RollbackOrder = {
    run: run.permit.run,
    path: repository.path,
    branch: "main",
    commit,
    base,
    baseTree: run.permit.admission.observation.tree,
    pathsChanged: Object.keys(files ?? {}),
    epochSeconds: 1_790_000_900,
    message: rollbackMessage({ work: run.permit.contract.workItem, run: run.permit.run, commit }),
  };
  return { run, order, repository };
};

/** Everything but the times in the index, which the human's own `git status` may renew. */
const everything = ({ sh }: ScratchRepository): string =>
  sh(
    "find . -printf '%p %y %m %l\\n' | sort; find . -type f ! -path ./.git/index -print0 | sort -z | xargs -0 sha256sum",
  );

test("at the tip, one more commit brings the base tree back (R121)", async () => {
  const { run, order, repository } = await rejected();
  const planned = await run.target.rollback(order, "dry-run");
  const done = await run.target.rollback(order, "real");
  expect(done).toMatchObject({
    ok: true,
    value: { parent: order.commit, tree: order.baseTree, proof: "tree-equals-base", clean: true },
  });
  expect(done).toEqual(planned);
  expect(repository.git("status", "--porcelain")).toBe("");
  expect(repository.git("rev-list", "--count", "main").trim()).toBe("3");
  expect(repository.git("log", "-1", "--format=%an <%ae> %at")).toBe(
    "CTO Harness <cto-harness@localhost> 1790000900\n",
  );
  expect(repository.git("log", "-1", "--format=%B")).toContain(`This reverts commit ${order.commit}`);
  expect(readFileSync(join(repository.path, "src/old.py"), "utf8")).toBe("OLD\n");
  expect(existsSync(join(repository.path, "src/new"))).toBe(false);
  expect(repository.git("fsck", "--strict")).toBe("");
});

test("a dry run shows the commit and changes no byte of the target (R122)", async () => {
  const { run, order, repository } = await rejected();
  const before = everything(repository);
  expect(await run.target.rollback(order, "dry-run")).toMatchObject({ ok: true, value: { clean: true } });
  expect(everything(repository)).toBe(before);
});

test("given again, a rollback is the same one commit", async () => {
  const { run, order, repository } = await rejected();
  const done = await run.target.rollback(order, "real");
  expect(await run.target.rollback(order, "real")).toEqual(done);
  expect(await run.target.rollback(order, "dry-run")).toEqual(done);
  expect(repository.git("rev-list", "--count", "main").trim()).toBe("3");
});

test("with later commits on other paths, the commit's paths are the base's and all others stay (R121)", async () => {
  const { run, order, repository } = await rejected();
  repository.write("src/later.py", "LATER\n");
  repository.commit();
  const tip = repository.git("rev-parse", "main").trim();
  const done = await run.target.rollback(order, "real");
  expect(done).toMatchObject({ ok: true, value: { parent: tip, proof: "paths-equal-base", clean: true } });
  expect(repository.git("diff", "--name-only", order.base, "main")).toBe("src/later.py\n");
  expect(repository.git("status", "--porcelain")).toBe("");
  expect(readFileSync(join(repository.path, "src/strings.py"), "utf8")).toBe(FILES["src/strings.py"]);
});

test("a path that a human already brought back to the base is no conflict", async () => {
  const { run, order, repository } = await rejected();
  repository.write("src/strings.py", FILES["src/strings.py"]);
  repository.commit();
  expect(await run.target.rollback(order, "real")).toMatchObject({
    ok: true,
    value: { tree: order.baseTree, proof: "tree-equals-base", clean: true },
  });
});

/** What somebody did after the commit, and the code of the refusal. */
const REFUSED: readonly (readonly [string, string, (rejected: Rejected) => void])[] = [
  [
    "the same lines changed since",
    "rollback/conflict",
    ({ repository }) => (repository.write("src/strings.py", "theirs\n"), repository.commit()),
  ],
  [
    "a file that the commit made was built upon",
    "rollback/conflict",
    ({ repository }) => (repository.append("src/new/words.py", "MORE = 1\n"), repository.commit()),
  ],
  [
    "a folder stands where a removed file was",
    "rollback/conflict",
    ({ repository }) => (repository.write("src/old.py/inside.py", "x\n"), repository.commit()),
  ],
  ["an edit", "rollback/target-not-clean", ({ repository }) => repository.append("README.md", "mine\n")],
  ["an untracked file", "rollback/target-not-clean", ({ repository }) => repository.write("notes.txt", "mine\n")],
  [
    "a merge begun",
    "rollback/target-not-clean",
    ({ repository }) => repository.write(".git/MERGE_HEAD", `${"1".repeat(40)}\n`),
  ],
  ["a foreign lock", "rollback/target-not-clean", ({ repository }) => repository.write(".git/index.lock", "")],
  ["another branch", "rollback/not-on-branch", ({ repository }) => repository.git("switch", "-q", "-c", "other")],
  [
    "the commit was taken back",
    "rollback/not-on-branch",
    ({ repository }) => repository.git("reset", "-q", "--hard", "HEAD~1"),
  ],
  [
    "the commit was amended",
    "rollback/not-on-branch",
    ({ repository }) => repository.git("commit", "-q", "--amend", "-m", "x"),
  ],
];

test.each(REFUSED)("%s: refused, and no byte of the target moves (rollback-dirty, R121)", async (_, code, then) => {
  const trial = await rejected();
  then(trial);
  const before = everything(trial.repository);
  for (const mode of ["dry-run", "real"] as const) {
    const result = await trial.run.target.rollback(trial.order, mode);
    expect(refusalsOf(result).map((refused) => refused.code)).toContain(code);
  }
  expect(everything(trial.repository)).toBe(before);
});

test("a conflict names the paths", async () => {
  const { run, order, repository } = await rejected();
  repository.write("src/strings.py", "theirs\n");
  repository.commit();
  expect(refusalsOf(await run.target.rollback(order, "real"))).toEqual([
    { code: "rollback/conflict", facts: { paths: "src/strings.py", commit: order.commit } },
  ]);
});

test.each<[string, (order: RollbackOrder) => Partial<RollbackOrder>]>([
  ["another base", ({ commit }) => ({ base: commit })],
  ["another base tree", () => ({ baseTree: parseOid("4b825dc642cb6eb9a060e54bf8d69288fbee4904")! })],
  ["other paths", () => ({ pathsChanged: ["README.md"] })],
])("a commit with %s than the evidence names is not undone", async (_, unlike) => {
  const { run, order } = await rejected();
  const result = await run.target.rollback({ ...order, ...unlike(order) }, "real");
  expect(refusalsOf(result)).toMatchObject([{ code: "rollback/not-the-commit" }]);
});

test("a commit of a human is not undone", async () => {
  const { run, order, repository } = await rejected();
  repository.append("README.md", "more\n");
  repository.commit();
  const theirs = parseOid(repository.git("rev-parse", "main").trim())!;
  const result = await run.target.rollback({ ...order, commit: theirs }, "real");
  expect(refusalsOf(result)).toMatchObject([{ code: "rollback/not-the-commit" }]);
});

test.each(["lock", "objects", "swap", "files", "index"])(
  "left off after %s and given again, it is one commit with the same id (K11)",
  async (upTo) => {
    const { run, order, repository } = await rejected();
    const planned = await run.target.rollback(order, "dry-run");
    if (!planned.ok) throw new Error(JSON.stringify(planned.refusals));
    const ledger = await openLedgerClone(run.stateFolder, order.path);
    await git(ledger, ["update-ref", `refs/cto/rollbacks/${order.run}`, planned.value.rollbackCommit]);
    const before = await run.target.observe(order.path);
    if (!before.ok) throw new Error(JSON.stringify(before.refusals));
    const door = await openDoor(order.path, order.branch);
    const { branch, epochSeconds } = order;
    const ends = { from: planned.value.parent, to: planned.value.rollbackCommit, before: before.value };
    const landing = {
      run: order.run,
      repository: order.path,
      branch,
      ledger,
      door: door.gitDir,
      epochSeconds,
      ...ends,
    };
    for (const { name, act } of LANDING_STEPS) {
      expect(await act(landing)).toEqual([]);
      if (name === upTo) break;
    }
    await door.close();
    expect(await run.target.rollback(order, "real")).toEqual(planned);
    expect(await run.target.rollback(order, "real")).toEqual(planned);
    expect(repository.git("rev-list", "--count", "main").trim()).toBe("3");
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(existsSync(join(repository.path, ".git/index.lock"))).toBe(false);
  },
);

test("the rehearsal by git's own revert gives the base tree, whatever the tree says of filters (R122)", async () => {
  const { run, order, repository } = await rejected();
  const before = everything(repository);
  const commit = { commit: order.commit, parent: order.base, tree: order.baseTree, ref: "refs/heads/main" };
  const rehearsal = await run.target.rehearseRollback(run.permit, commit);
  expect(rehearsal).toMatchObject({ equalsBaseTree: true, revertTree: order.baseTree });
  expect(rehearsal.argv).toEqual(["git", "revert", "--no-edit", "--no-gpg-sign", order.commit]);
  expect(await run.target.rehearseRollback(run.permit, commit)).toEqual(rehearsal);
  expect(everything(repository)).toBe(before);
});

test("a second run on the first one's commit is proven, rehearsed and rolled back like the first", async () => {
  const { run, repository } = await rejected();
  const second = await targetRun(repository);
  const permit = { ...second.permit, run: "R-049-03" } as typeof second.permit;
  const clearance = { ...second.clear({ "README.md": "second\n" }), run: permit.run } as ReturnType<TargetRun["clear"]>;
  const tree = await second.target.writeTree(permit, clearance);
  const candidate = await second.target.prepareCommit(permit, clearance, { tree } as never);
  const done = await second.target.commit(permit, candidate);
  if (!done.ok) throw new Error(JSON.stringify(done.refusals));
  expect((await second.target.prove(permit, permit.admission.observation, done.value)).wrong).toEqual([]);
  expect((await second.target.rehearseRollback(permit, done.value)).equalsBaseTree).toBe(true);
  expect(await run.target.landed(run.permit)).not.toBe("none");
});
