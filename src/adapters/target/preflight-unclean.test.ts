import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { codesAt, expectRefused, seen, type RefusedRow } from "../../../test/repositories/observed.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { observe } from "./observe.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const UNCLEAN: readonly RefusedRow[] = [
  [
    "assume-unchanged",
    "admission/index-flag",
    (t) => t.git("update-index", "--assume-unchanged", "README.md"),
    "README.md",
  ],
  ["skip-worktree", "admission/index-flag", (t) => t.git("update-index", "--skip-worktree", "README.md"), "README.md"],
  ["index.lock", "admission/locked", (t) => t.write(".git/index.lock", ""), ".git/index.lock"],
  ["the lock of a ref", "admission/locked", (t) => t.write(".git/refs/heads/main.lock", ""), "main.lock"],
  ["the lock of the configuration", "admission/locked", (t) => t.write(".git/config.lock", ""), "config.lock"],
  ["a merge", "admission/operation-in-progress", (t) => t.sh("git rev-parse HEAD > .git/MERGE_HEAD"), "MERGE_HEAD"],
  [
    "a cherry-pick",
    "admission/operation-in-progress",
    (t) => t.sh("git rev-parse HEAD > .git/CHERRY_PICK_HEAD"),
    "CHERRY_PICK_HEAD",
  ],
  ["a revert", "admission/operation-in-progress", (t) => t.sh("git rev-parse HEAD > .git/REVERT_HEAD"), "REVERT_HEAD"],
  ["a bisection", "admission/operation-in-progress", (t) => t.sh("git bisect start"), "BISECT_LOG"],
  ["a rebase", "admission/operation-in-progress", (t) => mkdirSync(join(t.path, ".git/rebase-merge")), "rebase-merge"],
  ["a sequence", "admission/operation-in-progress", (t) => mkdirSync(join(t.path, ".git/sequencer")), "sequencer"],
  ["a detached HEAD", "admission/detached", (t) => t.git("checkout", "-q", "--detach"), "HEAD is"],
  [
    "a branch that is a symbolic ref",
    "admission/detached",
    (t) => t.sh("git branch other; git symbolic-ref refs/heads/main refs/heads/other"),
    "refs/heads/other",
  ],
  ["no commit yet", "admission/no-commit", (t) => t.sh("rm -rf .git; git init -q"), "main"],
  ["a changed file", "admission/dirty", (t) => t.append("README.md", "x"), "README.md"],
  ["a missing file", "admission/dirty", (t) => t.sh("rm README.md"), "README.md"],
  ["an executable bit", "admission/dirty", (t) => t.sh("chmod +x README.md"), "README.md"],
  [
    "a file that became a link",
    "admission/dirty",
    (t) => t.sh("cp README.md ../r; ln -sf ../r README.md"),
    "README.md",
  ],
  ["an untracked file", "admission/dirty", (t) => t.write("new.txt", ""), "new.txt"],
  ["an empty folder", "admission/dirty", (t) => mkdirSync(join(t.path, "empty")), "empty/"],
  ["a named pipe", "admission/dirty", (t) => t.sh("mkfifo pipe"), "pipe"],
  [
    "a staged change that is undone on disk",
    "admission/dirty",
    (t) => t.sh("echo x >> README.md; git add README.md; git show HEAD:README.md > README.md"),
    "README.md",
  ],
  [
    "a file that is only staged",
    "admission/dirty",
    (t) => t.sh("echo x > n; git add n; rm n"),
    "1 paths are not as committed: n",
  ],
  ["a file meant to be added", "admission/dirty", (t) => t.sh("echo x > n; git add -N n"), "n"],
  ["no index", "admission/dirty", (t) => t.sh("rm .git/index"), "4 paths"],
  [
    "a half merged file",
    "admission/dirty",
    (t) =>
      t.sh(
        "git switch -qc b; echo 1 > README.md; git commit -qam 1; git switch -q main; echo 2 > README.md; git commit -qam 2; git merge -q b || true",
      ),
    "README.md",
  ],
  [
    "a file hidden by an untracked ignore file",
    "admission/dirty",
    (t) => (t.write("d/.gitignore", "*\n"), t.write("d/evil", "")),
    "d/.gitignore, d/evil",
  ],
  [
    "a file hidden by a changed ignore file",
    "admission/dirty",
    (t) => (t.write(".gitignore", "*.log\n"), t.commit(), t.append(".gitignore", "evil\n"), t.write("evil", "")),
    ".gitignore, evil",
  ],
  [
    "a file hidden by info/exclude",
    "admission/dirty",
    (t) => (t.append(".git/info/exclude", "evil\n"), t.write("evil", "")),
    "evil",
  ],
  [
    "a file hidden by the user's excludes",
    "admission/dirty",
    (t) => (t.sh("echo evil > ../x; git config core.excludesFile $PWD/../x"), t.write("evil", "")),
    "evil",
  ],
  [
    "line endings that a checkout would change",
    "admission/dirty",
    (t) => (t.write(".gitattributes", "* text eol=crlf\n"), t.commit(), t.sh("rm README.md; git checkout README.md")),
    "README.md",
  ],
  ["a folder that everybody may write", "admission/world-writable", (t) => chmodSync(t.path, 0o777), "target"],
  [
    "a git directory that everybody may write",
    "admission/world-writable",
    (t) => chmodSync(join(t.path, ".git"), 0o777),
    ".git",
  ],
  [
    "a hook folder's sibling that everybody may write",
    "admission/world-writable",
    (t) => chmodSync(join(t.path, ".git/config"), 0o666),
    ".git/config",
  ],
  [
    "a tracked file that everybody may write",
    "admission/world-writable",
    (t) => chmodSync(join(t.path, "src/other.py"), 0o666),
    "src/other.py",
  ],
  [
    "a named pipe in the git directory",
    "admission/special-file",
    (t) => t.sh("mkfifo .git/objects/pipe"),
    "objects/pipe",
  ],
  [
    "a missing object",
    "admission/object-damaged",
    (t) => t.sh("o=$(git rev-parse HEAD^{tree}); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)"),
    "missing",
  ],
  [
    "a tree under another tree's id",
    "admission/object-damaged",
    (t) =>
      t.sh(
        "p() { echo .git/objects/$(echo $1 | cut -c1-2)/$(echo $1 | cut -c3-); }; cp -f $(p $(git rev-parse HEAD:src)) $(p $(git rev-parse HEAD^{tree}))",
      ),
    "id",
  ],
  [
    "a missing parent",
    "admission/object-damaged",
    (t) =>
      t.sh(
        "o=$(git rev-parse HEAD); git commit -q --allow-empty -m 2; rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)",
      ),
    "history",
  ],
  [
    "more depth than can be compared",
    "admission/limit",
    (t) => mkdirSync(join(t.path, ...Array.from({ length: 70 }, () => "d")), { recursive: true }),
    "manifest-depth",
  ],
];

test.each(UNCLEAN)("%s is refused as %s (R042)", async (_, code, make, names) => {
  const target = repository();
  make(target);
  await expectRefused(target.path, code, names);
});

test("every reason is given at once", async () => {
  const target = repository();
  target.git("config", "include.path", "x");
  target.git("config", "core.worktree", target.path);
  target.git("update-index", "--skip-worktree", "README.md");
  target.write(".gitattributes", "* filter=x\n");
  target.git("-c", "filter.x.clean=cat", "add", ".gitattributes");
  target.git("commit", "-qm", "x");
  target.write("new", "");
  target.write(".git/index.lock", "");
  expect(new Set(await codesAt(target.path))).toEqual(
    new Set([
      "admission/locked",
      "admission/config-include",
      "admission/config-worktree",
      "admission/filter",
      "admission/index-flag",
      "admission/dirty",
    ]),
  );
});
test("what committed ignore files ignore is no dirt but listed with a digest, whole folders once (R042)", async () => {
  const target = repository();
  target.write(".gitignore", "*.log\nbuild/\n!keep.log\n/only/empty/\n");
  target.write("src/.gitignore", "__pycache__/\n");
  target.commit();
  const clean = await seen(target.path);
  target.write("a.log", "a");
  target.write("build/deep/one", "1");
  target.write("build/two", "2");
  target.write("src/__pycache__/x.pyc", "x");
  target.write(":(top)x.log", "a name that looks like a pathspec");
  mkdirSync(join(target.path, "only/empty"), { recursive: true });
  const value = await seen(target.path).catch((cause: unknown) => String(cause));
  expect(value).toMatch(/admission\/dirty.*only\//);
  rmSync(join(target.path, "only"), { recursive: true });
  const again = await seen(target.path);
  expect(again.findings.filter(({ finding }) => finding === "ignored-file").map(({ where }) => where)).toEqual([
    ":(top)x.log",
    "a.log",
    "build/",
    "src/__pycache__/",
  ]);
  expect(again.findings.every(({ digest }) => digest !== undefined)).toBe(true);
  expect(again.ignored).not.toBe(clean.ignored);
  target.write("keep.log", "not ignored");
  expect(await codesAt(target.path)).toEqual(["admission/dirty"]);
});

test("our own lock, by its exact content, does not refuse us; any other lock does", async () => {
  const target = repository();
  const { controlPlane } = await seen(target.path);
  target.write(".git/index.lock", "cto-harness R-049-02\n");
  const held = await observe(target.path, { heldLock: "cto-harness R-049-02" });
  expect(held).toMatchObject({ ok: true, value: { controlPlane } });
  expect((await observe(target.path, { heldLock: "cto-harness R-049-03" })).ok).toBe(false);
});
