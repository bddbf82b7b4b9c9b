import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { CHANGED, targetRun, type TargetRun } from "../../../test/repositories/target-run.ts";
import type { Commit } from "../../workflow/commit/commit.ts";
import { refusalsOf } from "../../workflow/result.ts";
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
  ["a merge begins", "commit/target-not-clean", (t) => t.write(".git/MERGE_HEAD", t.git("rev-parse", "HEAD"))],
  ["a tag", "commit/control-plane-changed", (t) => t.git("tag", "later")],
  ["another branch", "commit/control-plane-changed", (t) => t.git("branch", "later")],
  ["the same commit on another branch", "commit/control-plane-changed", (t) => t.git("switch", "-q", "-c", "later")],
  ["a hook", "commit/control-plane-changed", (t) => t.write(".git/hooks/pre-push", "#!/bin/sh\n")],
  ["a setting", "commit/control-plane-changed", (t) => t.git("config", "core.pager", "less")],
  ["a remote", "commit/control-plane-changed", (t) => t.git("remote", "add", "origin", "/nowhere")],
  ["a line in a reflog", "commit/control-plane-changed", (t) => t.sh("tail -n 1 .git/logs/HEAD >> .git/logs/HEAD")],
  ["a stash", "commit/control-plane-changed", (t) => t.sh("echo x >> README.md; git stash -q")],
];

test.each(REFUSED)(
  "%s between gate and commit voids the run and is left as it is (R100)",
  async (_, code, meanwhile) => {
    const run = await targetRun(repository());
    const candidate = await run.prepare();
    meanwhile(run.repository);
    const before = everything(run.repository);
    const result = await run.target.commit(run.permit, candidate);
    expect(refusalsOf(result).map((refused) => refused.code)).toContain(code);
    expect(everything(run.repository)).toBe(before);
    expect(await run.target.landed(run.permit)).toBe("none");
    expect((await proofOf(run, "none")).wrong).not.toEqual([]);
  },
);

test("a file that git ignores and that changed meanwhile voids the run, since nothing else may differ", async () => {
  const target = repository({ ".gitignore": "*.log\n", "src/strings.py": "x\n" });
  target.write("run.log", "one\n");
  const run = await targetRun(target);
  const candidate = await run.prepare();
  target.append("run.log", "two\n");
  const result = await run.target.commit(run.permit, candidate);
  expect(refusalsOf(result)).toMatchObject([{ code: "commit/target-not-clean", facts: { what: /ignores/ } }]);
});

const IGNORING = { ".gitignore": "*.local\n", "src/strings.py": "x\n" };

/** What the owner has that git ignores, and the path that a commit would add; no clean target tells of it. */
const IN_THE_WAY: readonly (readonly [string, (target: ScratchRepository) => void, path: string, says: string])[] = [
  ["a file at the path", (t) => t.write("src/notes.local", "mine\n"), "src/notes.local", "src/notes.local is there"],
  ["the very file", (t) => t.write("src/notes.local", "theirs\n"), "src/notes.local", "src/notes.local is there"],
  ["a folder at the path", (t) => t.write("src/a.local/b", "mine\n"), "src/a.local", "src/a.local is there already"],
  ["a file above it", (t) => t.write("src/a.local", "mine\n"), "src/a.local/b", "src/a.local is no folder"],
  ["a link at the path", (t) => t.sh("ln -s nowhere src/a.local"), "src/a.local", "src/a.local is there already"],
  ["a link above it", (t) => t.sh("ln -s ../src src/a.local"), "src/a.local/b", "src/a.local is no folder"],
];

test.each(IN_THE_WAY)(
  "%s that the owner has and git ignores voids the run before the branch moves (R100)",
  async (_, owned, path, says) => {
    const target = repository(IGNORING);
    owned(target);
    const run = await targetRun(target);
    const candidate = await run.prepare({ ...CHANGED, [path]: "theirs\n" });
    const before = everything(target);
    const result = await run.target.commit(run.permit, candidate);
    expect(refusalsOf(result)).toMatchObject([
      { code: "commit/target-not-clean", facts: { what: expect.stringContaining(says) } },
    ]);
    expect(everything(target)).toBe(before);
    expect((await proofOf(run, "none")).wrong).toEqual([]);
  },
);

test("a folder in which nothing may be made voids the run before the branch moves, but not for root, who may", async () => {
  const target = repository();
  chmodSync(join(target.path, "src"), 0o555);
  const run = await targetRun(target);
  const result = await run.target.commit(run.permit, await run.prepare());
  const isRoot = process.getuid?.() === 0;
  const barred = { code: "commit/target-not-clean", facts: { what: "src/ may not be written" } };
  expect(refusalsOf(result)).toMatchObject(isRoot ? [] : [barred, barred]);
  expect(target.git("rev-parse", "main").trim() === run.base).toBe(!isRoot);
  chmodSync(join(target.path, "src"), 0o755);
});

test("files named as the Harness named its unfinished ones are the owner's and the agent's, and are not touched", async () => {
  const [old, made] = ["src/.cto-harness-R-049-02.tmp", "src/new/.cto-harness-R-049-02.tmp"];
  const run = await targetRun(repository({ "src/strings.py": "x\n", [old]: "the owner's\n" }));
  const commit = await landed(run, { ...CHANGED, [made]: "the agent's\n" });
  expect(readFileSync(join(run.repository.path, old), "utf8")).toBe("the owner's\n");
  expect(readFileSync(join(run.repository.path, made), "utf8")).toBe("the agent's\n");
  expect((await proofOf(run, commit)).wrong).toEqual([]);
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
    for (const { name, act } of LANDING_STEPS)
      if (names.includes(name)) expect({ name, refusals: await act(landing) }).toEqual({ name, refusals: [] });
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
  const candidate = await run.prepare({ ...CHANGED, "deploy/run.sh": undefined });
  const steps = await landingOf(run, candidate.commit);
  await steps("lock", "look", "objects", "swap");
  const mine = { "src/strings.py": "mine\n", "src/new/words.py": "also mine\n", "deploy/run.sh": "mine too\n" };
  for (const [name, content] of Object.entries(mine)) run.repository.write(name, content);
  const result = await run.target.commit(run.permit, candidate);
  expect(result).toMatchObject({ ok: true, value: { commit: candidate.commit } });
  for (const [name, content] of Object.entries(mine)) {
    expect(readFileSync(join(run.repository.path, name), "utf8")).toBe(content);
  }
  const proof = await proofOf(run, await landed(run, { ...CHANGED, "deploy/run.sh": undefined }));
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
