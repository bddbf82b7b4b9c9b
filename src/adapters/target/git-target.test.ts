import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { CHANGED, targetRun, type TargetRun } from "../../../test/repositories/target-run.ts";
import type { Commit } from "../../workflow/commit/commit.ts";
import { refusalsOf } from "../../workflow/result.ts";
import type { PassedValidation } from "../../workflow/validation/validation.ts";
import { openDoor } from "./door.ts";
import { LANDING_STEPS } from "./landing.ts";
import { openLedgerClone } from "./ledger-clone.ts";

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
  for (const key of ["core.fsmonitor", "core.pager", "core.editor", "core.sshCommand", "diff.external", "gpg.program"]) {
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
  const commit = await landed(run, { ...CHANGED, "deploy/run.sh": "deleted" });
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

/** What somebody does to the target between the gate and the commit, and the code that voids the run. */
const REFUSED: readonly (readonly [string, string, (target: ScratchRepository) => void])[] = [
  ["a commit on the branch", "commit/base-moved", (t) => t.commit()],
  ["the branch is set back and grown anew", "commit/base-moved", (t) => t.git("commit", "--amend", "-q", "-m", "else")],
  ["an uncommitted edit of an allowed file", "commit/target-not-clean", (t) => t.append("src/strings.py", "# mine\n")],
  ["an edit of another file", "commit/target-not-clean", (t) => t.append("README.md", "mine\n")],
  ["an untracked file where a new one is to be", "commit/target-not-clean", (t) => t.write("src/new/words.py", "mine")],
  ["a staged change", "commit/target-not-clean", (t) => (t.append("README.md", "mine\n"), t.git("add", "README.md"))],
  ["an empty folder", "commit/target-not-clean", (t) => mkdirSync(join(t.path, "empty"))],
  ["a hard link", "commit/target-not-clean", (t) => linkSync(join(t.path, "README.md"), join(t.folder, "second"))],
  ["a file is made private", "commit/target-not-clean", (t) => chmodSync(join(t.path, "README.md"), 0o600)],
  ["a merge begins", "commit/target-not-clean", (t) => t.write(".git/MERGE_HEAD", `${t.git("rev-parse", "HEAD")}`)],
  ["a tag", "commit/control-plane-changed", (t) => t.git("tag", "later")],
  ["another branch", "commit/control-plane-changed", (t) => t.git("branch", "later")],
  ["the same commit on another branch", "commit/control-plane-changed", (t) => t.git("switch", "-q", "-c", "later")],
  ["a hook", "commit/control-plane-changed", (t) => t.write(".git/hooks/pre-push", "#!/bin/sh\n")],
  ["a setting", "commit/control-plane-changed", (t) => t.git("config", "core.pager", "less")],
  ["a remote", "commit/control-plane-changed", (t) => t.git("remote", "add", "origin", "/nowhere")],
  ["a line in a reflog", "commit/control-plane-changed", (t) => t.sh("tail -n 1 .git/logs/HEAD >> .git/logs/HEAD")],
  ["a stash", "commit/control-plane-changed", (t) => t.sh("echo x >> README.md; git stash -q")],
];

test.each(REFUSED)("%s between gate and commit voids the run and is left as it is (R100)", async (_, code, meanwhile) => {
  const run = await targetRun(repository());
  const candidate = await run.prepare();
  meanwhile(run.repository);
  const before = everything(run.repository);
  const result = await run.target.commit(run.permit, candidate);
  expect(refusalsOf(result).map((refused) => refused.code)).toContain(code);
  expect(everything(run.repository)).toBe(before);
  expect(await run.target.landed(run.permit)).toBe("none");
  expect((await proofOf(run, "none")).wrong).not.toEqual([]);
});

test("a file that git ignores and that changed meanwhile voids the run, since nothing else may differ", async () => {
  const target = repository({ ".gitignore": "*.log\n", "src/strings.py": "x\n" });
  target.write("run.log", "one\n");
  const run = await targetRun(target);
  const candidate = await run.prepare();
  target.append("run.log", "two\n");
  const result = await run.target.commit(run.permit, candidate);
  expect(refusalsOf(result)).toMatchObject([{ code: "commit/target-not-clean", facts: { what: /ignores/ } }]);
});

test("an index lock of somebody else is waited for, then the failure says who is busy", async () => {
  const run = await targetRun(repository());
  const candidate = await run.prepare();
  const lock = join(run.repository.path, ".git/index.lock");
  writeFileSync(lock, "");
  await expect(run.target.commit(run.permit, candidate)).rejects.toMatchObject({ code: "target/busy", retry: true });
  writeFileSync(lock, "cto-harness R-049-03\n");
  await expect(run.target.commit(run.permit, candidate)).rejects.toMatchObject({ code: "target/busy" });
  expect(readFileSync(lock, "utf8")).toBe("cto-harness R-049-03\n");
  writeFileSync(lock, "cto-harness R-049-02\n");
  expect(await run.target.commit(run.permit, candidate)).toMatchObject({ ok: true });
  expect(existsSync(lock)).toBe(false);
});

/** The run's landing, its steps given one by one. */
const landingOf = async (run: TargetRun, to: Commit["commit"]) => {
  const { realPath: repository, branch } = run.permit.admission.observation;
  const door = await openDoor(repository, branch);
  cleanups.push(() => void door.close());
  const ledger = await openLedgerClone(run.stateFolder, repository);
  const { run: id, epochSeconds } = run.permit;
  const before = run.permit.admission.observation;
  const landing = { run: id, repository, branch, ledger, door: door.gitDir, from: run.base, to, epochSeconds, before };
  return async (...names: readonly string[]) => {
    for (const { name, act } of LANDING_STEPS) if (names.includes(name)) expect(await act(landing), name).toEqual([]);
  };
};

test("a branch that moves between look and compare-and-swap is a base that moved (base-moved)", async () => {
  const run = await targetRun(repository());
  const candidate = await run.prepare();
  const steps = await landingOf(run, candidate.commit);
  await steps("lock", "look", "objects");
  const { git } = run.repository;
  const theirs = git("commit-tree", "HEAD^{tree}", "-p", "HEAD", "-m", "theirs").trim();
  git("update-ref", "refs/heads/main", theirs);
  const result = await run.target.commit(run.permit, candidate);
  expect(refusalsOf(result)).toMatchObject([
    { code: "commit/base-moved", facts: { branch: "main", found: theirs, expected: run.base } },
  ]);
  expect(git("rev-parse", "main").trim()).toBe(theirs);
  expect(existsSync(join(run.repository.path, ".git/index.lock"))).toBe(false);
});

test("what a human writes after the branch moved is never overwritten, and the proof says so (R100)", async () => {
  const run = await targetRun(repository());
  const candidate = await run.prepare({ ...CHANGED, "deploy/run.sh": "deleted" });
  const steps = await landingOf(run, candidate.commit);
  await steps("lock", "look", "objects", "swap");
  const mine = { "src/strings.py": "mine\n", "src/new/words.py": "also mine\n", "deploy/run.sh": "mine too\n" };
  for (const [name, content] of Object.entries(mine)) run.repository.write(name, content);
  const result = await run.target.commit(run.permit, candidate);
  expect(result).toMatchObject({ ok: true, value: { commit: candidate.commit } });
  for (const [name, content] of Object.entries(mine)) {
    expect(readFileSync(join(run.repository.path, name), "utf8")).toBe(content);
  }
  const proof = await proofOf(run, await landed(run, { ...CHANGED, "deploy/run.sh": "deleted" }));
  expect(proof).toMatchObject({ clean: false, refsChanged: ["refs/heads/main"] });
  expect(proof.wrong.join(" ")).toContain("not clean");
  // His git shows his work as changes to our commit: nothing he staged can undo it.
  expect(run.repository.git("status", "--porcelain")).toBe(" M src/new/words.py\n M src/strings.py\n?? deploy/\n");
});

test("a link planted on the way to a file after the branch moved is not followed", async () => {
  const run = await targetRun(repository());
  const candidate = await run.prepare();
  const steps = await landingOf(run, candidate.commit);
  await steps("lock", "look", "objects", "swap");
  run.repository.sh("mv src ../elsewhere; ln -s ../elsewhere src");
  const before = run.repository.sh("cat ../elsewhere/strings.py; ls -a ../elsewhere");
  await run.target.commit(run.permit, candidate);
  expect(run.repository.sh("cat ../elsewhere/strings.py; ls -a ../elsewhere")).toBe(before);
});

test("a human's commit on top of ours is left alone, and the proof says that the branch goes on", async () => {
  const run = await targetRun(repository());
  const commit = await landed(run);
  run.repository.append("README.md", "more\n");
  run.repository.commit();
  const before = everything(run.repository);
  expect(await run.target.commit(run.permit, commit)).toMatchObject({ ok: true });
  expect(everything(run.repository)).toBe(before);
  expect(await run.target.landed(run.permit)).toMatchObject({ commit: commit.commit });
  expect((await proofOf(run, commit)).wrong).toContain("The branch has 2 new commits, not one.");
});

test("an object that stands damaged under the name of one of ours voids the run (object-poisoning)", async () => {
  for (const content of ["not even compressed", "blob 4\0evil"]) {
    const run = await targetRun(repository());
    const candidate = await run.prepare();
    const clearance = run.clear({ "src/strings.py": CHANGED["src/strings.py"]! });
    const [file] = clearance.files;
    const blob = file?.content === "deleted" ? "" : (file?.content.blob ?? "");
    const folder = join(run.repository.path, ".git/objects", blob.slice(0, 2));
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, blob.slice(2)), content.startsWith("blob") ? deflateSync(content) : content);
    const result = await run.target.commit(run.permit, candidate);
    expect(refusalsOf(result)).toContainEqual({ code: "commit/object-damaged", facts: { oid: blob } });
    expect(run.repository.git("rev-parse", "main").trim()).toBe(run.base);
  }
});

/** What somebody does after the commit, and the sentence of the proof that does not hold. */
const UNPROVEN: readonly (readonly [string, RegExp, (target: ScratchRepository) => void])[] = [
  ["a tag", /refs\/tags\/later loose appeared/, (t) => t.git("tag", "later")],
  ["a hook", /hooks\/pre-push appeared/, (t) => t.write(".git/hooks/pre-push", "#!/bin/sh\n")],
  ["a setting", /file config changed/, (t) => t.git("config", "core.pager", "less")],
  ["a remote", /remotes changed/, (t) => t.git("remote", "add", "origin", "/nowhere")],
  ["a stash", /refs\/stash loose appeared/, (t) => t.sh("echo x >> README.md; git stash -q")],
  ["a stray object", /object .* appeared/, (t) => t.sh("echo stray | git hash-object -w --stdin")],
  ["another line in the reflog", /logs\/HEAD changed/, (t) => t.sh("tail -n 1 .git/logs/HEAD >> .git/logs/HEAD")],
  ["an earlier line of the reflog", /logs\/HEAD was rewritten/, (t) => t.sh("sed -i '1s/a step/b step/' .git/logs/HEAD")],
  ["a lock", /not clean/, (t) => t.write(".git/index.lock", "")],
  ["an edit", /not clean/, (t) => t.append("README.md", "more\n")],
  ["a commit is taken back", /does not hold/, (t) => t.git("reset", "-q", "--hard", "HEAD~1")],
];

test.each(UNPROVEN)("%s after the commit makes it unproven (R099)", async (_, sentence, after) => {
  const run = await targetRun(repository());
  const commit = await landed(run);
  expect((await proofOf(run, commit)).wrong).toEqual([]);
  after(run.repository);
  expect((await proofOf(run, commit)).wrong.join("\n")).toMatch(sentence);
});
