import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { CHANGED, targetRun, type TargetRun } from "../../../test/repositories/target-run.ts";
import type { Commit } from "../../workflow/commit/commit.ts";
import type { PassedValidation } from "../../workflow/validation/validation.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (files?: Readonly<Record<string, string>>): ScratchRepository => {
  const made = scratchRepository(files);
  cleanups.push(made.remove);
  return made;
};

const landed = async (run: TargetRun, files?: Parameters<TargetRun["prepare"]>[0]): Promise<Commit> => {
  const result = await run.target.commit(run.permit, await run.prepare(files));
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.value;
};

const proofOf = (run: TargetRun, commit: Commit | "none") =>
  run.target.prove(run.permit, run.permit.admission.observation, commit);

/** Every file of a repository with mode and digest, `.git` included. */
const everything = ({ sh }: ScratchRepository): string =>
  sh("find . -printf '%p %y %m %l\\n' | sort; find . -type f -print0 | sort -z | xargs -0 sha256sum");

const planted = (target: ScratchRepository): void => {
  for (const name of ["pre-commit", "post-commit", "reference-transaction", "post-checkout", "post-index-change"]) {
    const hook = join(target.path, ".git/hooks", name);
    mkdirSync(join(target.path, ".git/hooks"), { recursive: true });
    writeFileSync(hook, `#!/bin/sh\n${target.marker}\n`);
    chmodSync(hook, 0o755);
  }
  const program = join(target.folder, "planted.sh");
  writeFileSync(program, `#!/bin/sh\n${target.marker}\ncat\n`);
  chmodSync(program, 0o755);
  for (const key of [
    "core.fsmonitor",
    "core.pager",
    "core.editor",
    "core.sshCommand",
    "diff.external",
    "gpg.program",
  ]) {
    target.git("config", key, program);
  }
  target.git("config", "uploadpack.packObjectsHook", program);
  target.git("config", "filter.planted.clean", program);
  target.git("config", "filter.planted.smudge", program);
  target.git("config", "filter.planted.process", program);
  target.git("config", "diff.planted.textconv", program);
  target.git("config", "merge.planted.driver", program);
  target.git("config", "credential.helper", program);
  target.git("config", "alias.update-ref", `!${program}`);
  target.git("config", "commit.gpgSign", "true");
  target.git("config", "core.hooksPath", join(target.path, ".git/hooks"));
  target.git("config", "user.name", "Somebody Else");
};

test("the one way through: one commit on the admitted branch, clean, and nothing else moved (R097, R098, R099, R100)", async () => {
  const run = await targetRun(repository());
  const { git, path } = run.repository;
  const commit = await landed(run, { ...CHANGED, "deploy/run.sh": undefined });
  const proof = await proofOf(run, commit);
  expect(proof).toMatchObject({ commit: commit.commit, clean: true, wrong: [], refsChanged: ["refs/heads/main"] });
  expect(proof.pathsChanged.map(({ path }) => path)).toEqual(["deploy/run.sh", "src/new/words.py", "src/strings.py"]);
  expect(proof.commits).toEqual([
    {
      id: commit.commit,
      parents: [run.base],
      tree: commit.tree,
      author: "CTO Harness <cto-harness@localhost> 1790000000",
      committer: "CTO Harness <cto-harness@localhost> 1790000000",
    },
  ]);
  expect(git("status", "--porcelain")).toBe("");
  expect(git("rev-parse", "HEAD", "HEAD~1", "HEAD^{tree}").split("\n")).toEqual([
    commit.commit,
    run.base,
    commit.tree,
    "",
  ]);
  expect(git("log", "-1", "--format=%B")).toMatch(/^CTO-Work: CTO-WORK-049\nCTO-Run: R-049-02\n/m);
  expect(git("for-each-ref", "--format=%(refname)")).toBe("refs/heads/main\n");
  expect(readFileSync(join(path, "src/new/words.py"), "utf8")).toBe(CHANGED["src/new/words.py"]);
  expect(existsSync(join(path, "deploy"))).toBe(false);
});

test("nothing that the target's configuration names ever runs (config-run-programs, R098)", async () => {
  const target = repository();
  planted(target);
  const run = await targetRun(target);
  const commit = await landed(run);
  expect(await proofOf(run, commit)).toMatchObject({ wrong: [] });
  await run.target.rehearseRollback(run.permit, commit);
  await run.target.exportObjects(run.permit, commit);
  expect(target.ran()).toBe(false);
});

test("a target without reflogs, or with its refs packed, takes the commit as well", async () => {
  const target = repository();
  target.git("pack-refs", "--all", "--prune");
  rmSync(join(target.path, ".git/logs"), { recursive: true });
  const run = await targetRun(target);
  expect(await proofOf(run, await landed(run))).toMatchObject({ wrong: [] });
  expect(target.git("status", "--porcelain")).toBe("");
});

test("a file keeps who may read and write it, and every other file keeps its inode", async () => {
  const target = repository();
  chmodSync(join(target.path, "src/strings.py"), 0o600);
  const inode = lstatSync(join(target.path, "src/other.py")).ino;
  const run = await targetRun(target);
  await landed(run);
  expect(lstatSync(join(target.path, "src/strings.py")).mode & 0o7777).toBe(0o600);
  expect(lstatSync(join(target.path, "src/other.py")).ino).toBe(inode);
});

test("a content that is not what was judged is never committed (race-after-scan)", async () => {
  const run = await targetRun(repository());
  const clearance = run.clear(CHANGED);
  for (const { content } of clearance.files) {
    if (content !== "deleted") writeFileSync(join(clearance.contents, content.sha256), "swapped");
  }
  await expect(run.target.writeTree(run.permit, clearance)).rejects.toMatchObject({ code: "target/contents-differ" });
});

test("a tree that was not validated is never committed", async () => {
  const run = await targetRun(repository());
  const other = { tree: run.permit.admission.observation.tree } as PassedValidation;
  await expect(run.target.prepareCommit(run.permit, run.clear(CHANGED), other)).rejects.toThrow("validated tree");
});

test("building the commit leaves every byte of the target alone", async () => {
  const run = await targetRun(repository());
  const before = everything(run.repository);
  await run.prepare();
  expect(everything(run.repository)).toBe(before);
  expect(await run.target.landed(run.permit)).toBe("none");
  expect(await proofOf(run, "none")).toMatchObject({ commit: "none", wrong: [], commits: [], refsChanged: [] });
});
