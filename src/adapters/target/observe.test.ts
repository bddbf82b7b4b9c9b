import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { digestOf } from "../../workflow/digest.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { refusalsOf } from "../../workflow/result.ts";
import { fingerprint, observe } from "./observe.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (files?: Readonly<Record<string, string>>): ScratchRepository => {
  const made = scratchRepository(files);
  cleanups.push(made.remove);
  return made;
};

const codesAt = async (path: string): Promise<string[]> => refusalsOf(await observe(path)).map(({ code }) => code);

const seen = async (path: string) => {
  const result = await observe(path);
  if (!result.ok) throw new Error(JSON.stringify(result.refusals));
  return result.value;
};

test("a plain and clean repository is seen with its identity, commit, tree and digests (R036, R039)", async () => {
  const target = repository();
  const value = await seen(target.path);
  const tree = target.git("rev-parse", "HEAD^{tree}").trim();
  const head = target.git("rev-parse", "HEAD").trim();
  expect(value).toMatchObject({ requestedPath: target.path, realPath: target.path, branch: "main", head, tree });
  expect(value).toMatchObject({ rootCommits: [head], remotes: [], ignored: digestOf(""), uid: process.getuid?.() });
  const lines = Object.entries({
    "README.md": "# Sample\n",
    "deploy/run.sh": "echo deployed\n",
    "src/other.py": "OTHER = 1\n",
    "src/strings.py": "def slugify(text):\n    return text\n",
  }).map(([path, content]) => `100644 ${digestOf(content)} ${path}\0`);
  expect(value.treeSha256).toBe(digestOf(lines.join("")));
});

test("looking changes no byte of the target, its git directory included", async () => {
  const target = repository();
  const bytes = (): string => target.sh("find . -type f -print0 | sort -z | xargs -0 sha256sum; find . | sort");
  const before = bytes();
  await seen(target.path);
  await fingerprint(target.path);
  expect(bytes()).toBe(before);
});

test("the fingerprint is the observation's manifest and control plane", async () => {
  const target = repository();
  const { manifest, controlPlane } = await seen(target.path);
  expect(await fingerprint(target.path)).toEqual({ manifest, controlPlane });
  target.append("README.md", "more\n");
  expect((await fingerprint(target.path)).manifest).not.toBe(manifest);
});

/** What makes a repository be refused, the code, and what its sentence names. */
type Row = readonly [what: string, code: string, make: (target: ScratchRepository) => void, names: string];

const REFUSED: readonly Row[] = [
  ["nothing is there", "admission/target-absent", (t) => rmSync(t.path, { recursive: true }), "target"],
  [
    "a file is there",
    "admission/not-a-repository",
    (t) => (rmSync(t.path, { recursive: true }), writeFileSync(t.path, "")),
    "not a folder",
  ],
  [
    "a folder without git",
    "admission/not-a-repository",
    (t) => rmSync(join(t.path, ".git"), { recursive: true }),
    "no .git",
  ],
  [
    "a bare repository at the path",
    "admission/bare",
    (t) => (
      t.sh("git clone -q --bare . ../b"),
      rmSync(t.path, { recursive: true }),
      renameSync(join(t.folder, "b"), t.path)
    ),
    "git directory",
  ],
  ["core.bare is true", "admission/bare", (t) => t.git("config", "core.bare", "true"), "core.bare"],
  [
    "the path is a symbolic link",
    "admission/not-the-repository",
    (t) => (renameSync(t.path, `${t.path}-real`), symlinkSync(`${t.path}-real`, t.path)),
    "symbolic link",
  ],
  [".git is a symbolic link", "admission/not-the-repository", (t) => t.sh("mv .git ../git; ln -s ../git .git"), ".git"],
  [
    "objects are behind a symbolic link",
    "admission/not-the-repository",
    (t) => t.sh("mv .git/objects ../o; ln -s ../../o .git/objects"),
    ".git/objects",
  ],
  [
    "HEAD is a symbolic link",
    "admission/not-the-repository",
    (t) => t.sh("ln -sf refs/heads/main .git/HEAD"),
    ".git/HEAD",
  ],
  [
    "a linked worktree",
    "admission/linked-worktree",
    (t) => (t.sh("git worktree add -q ../w"), t.sh("mv ../target ../main; mv ../w ../target")),
    "worktrees",
  ],
  [
    "other worktrees are linked to it",
    "admission/linked-worktree",
    (t) => t.sh("git worktree add -q ../w"),
    ".git/worktrees",
  ],
  [
    "a git directory elsewhere",
    "admission/linked-worktree",
    (t) => t.sh("git init -q --separate-git-dir=../elsewhere"),
    "elsewhere",
  ],
  ["commondir", "admission/linked-worktree", (t) => t.sh("echo ../../x > .git/commondir"), "commondir"],
  [
    "it is a submodule",
    "admission/submodule",
    (t) =>
      t.sh(
        "git clone -q . ../super; cd ../super; git -c protocol.file.allow=always submodule --quiet add $PWD/../target sub; rm -rf ../target; mkdir ../target; cp sub/.git ../target/",
      ),
    "modules/sub",
  ],
  [
    "it holds a submodule",
    "admission/submodule",
    (t) => (
      t.sh(
        "git init -q ../sub; cd ../sub; git commit -q --allow-empty -m x; cd ../target; git -c protocol.file.allow=always submodule --quiet add ../sub sub",
      ),
      t.commit()
    ),
    "modules",
  ],
  [
    "a committed .gitmodules alone",
    "admission/submodule",
    (t) => (t.write(".gitmodules", ""), t.commit()),
    ".gitmodules",
  ],
  [
    "a committed gitlink alone",
    "admission/submodule",
    (t) => t.sh("git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),sub; git commit -qm x"),
    "160000 sub",
  ],
  ["a repository inside a tracked folder", "admission/submodule", (t) => t.sh("git init -q src"), "src/.git"],
  [
    "alternates",
    "admission/alternates",
    (t) => t.sh("git clone -q --bare . ../o; echo $PWD/../o/objects > .git/objects/info/alternates"),
    "objects/info/alternates",
  ],
  [
    "a shallow clone",
    "admission/shallow",
    (t) => (t.commit(), t.sh("git clone -q --depth 1 file://$PWD ../c; rm -rf ../target; mv ../c ../target")),
    ".git/shallow",
  ],
  [
    "a partial clone",
    "admission/partial-clone",
    (t) =>
      t.sh(
        "git config uploadpack.allowFilter true; git clone -q --filter=blob:none file://$PWD ../c; rm -rf ../target; mv ../c ../target",
      ),
    "promisor",
  ],
  ["a sparse checkout", "admission/sparse", (t) => t.git("sparse-checkout", "set", "src"), "sparse"],
  [
    "replaced objects",
    "admission/replace-refs",
    (t) => t.sh("git replace $(git rev-parse HEAD:README.md) $(git rev-parse HEAD:src/other.py)"),
    "refs/replace/",
  ],
  [
    "replaced objects, packed away",
    "admission/replace-refs",
    (t) => t.sh("git replace $(git rev-parse HEAD:README.md) $(git rev-parse HEAD:src/other.py); git pack-refs --all"),
    "refs/replace/",
  ],
  [
    "grafts",
    "admission/grafts",
    (t) => t.sh("mkdir -p .git/info; git rev-parse HEAD > .git/info/grafts"),
    "info/grafts",
  ],
  [
    "SHA-256 objects",
    "admission/object-format",
    (t) => t.sh("rm -rf .git; git init -q --object-format=sha256; git add .; git commit -qm x"),
    "objectformat",
  ],
  [
    "an extension",
    "admission/extension",
    (t) => t.git("config", "extensions.preciousObjects", "true"),
    "preciousobjects",
  ],
  ["reftable", "admission/extension", (t) => t.git("config", "extensions.refStorage", "reftable"), "refstorage"],
  [
    "a repository format of the future",
    "admission/extension",
    (t) => t.git("config", "core.repositoryFormatVersion", "2"),
    "repositoryformatversion",
  ],
  ["a broken configuration", "admission/config-unreadable", (t) => t.append(".git/config", "[core\n"), "line"],
  ["no configuration", "admission/config-unreadable", (t) => t.sh("rm .git/config"), "absent"],
  [
    "a configuration that is a named pipe",
    "admission/config-unreadable",
    (t) => t.sh("rm .git/config; mkfifo .git/config"),
    "not-plain",
  ],
  ["include.path", "admission/config-include", (t) => t.git("config", "include.path", "../evil"), "include.path"],
  ["includeIf", "admission/config-include", (t) => t.git("config", "includeIf.gitdir:/.path", "/evil"), "includeif"],
  [
    "core.worktree",
    "admission/config-worktree",
    (t) => t.git("config", "core.worktree", "/elsewhere"),
    "core.worktree",
  ],
  [
    "extensions.worktreeConfig",
    "admission/config-worktree",
    (t) => t.git("config", "extensions.worktreeConfig", "true"),
    "worktreeconfig",
  ],
  ["config.worktree", "admission/config-worktree", (t) => t.write(".git/config.worktree", ""), "config.worktree"],
  ["core.splitIndex", "admission/split-index", (t) => t.git("config", "core.splitIndex", "true"), "core.splitindex"],
  ["a split index", "admission/split-index", (t) => t.git("update-index", "--split-index"), "sharedindex"],
  ["an index that is none", "admission/index-unreadable", (t) => t.write(".git/index", "DIRC"), "index"],
  [
    "a filter in .gitattributes",
    "admission/filter",
    (t) => (t.write(".gitattributes", "*.bin filter=lfs diff=lfs merge=lfs -text\n"), t.commit()),
    "filter=lfs",
  ],
  [
    "ident in a folder's .gitattributes",
    "admission/filter",
    (t) => (t.write("src/.gitattributes", "# text\n*.py ident\n"), t.commit()),
    "src/.gitattributes",
  ],
  [
    "an encoding in .gitattributes",
    "admission/filter",
    (t) => (t.write(".gitattributes", "*.x working-tree-encoding=UTF-16\n"), t.commit()),
    "working-tree-encoding",
  ],
  [
    "a filter in a macro of info/attributes",
    "admission/filter",
    (t) => t.append(".git/info/attributes", "[attr]calm filter=x\n"),
    ".git/info/attributes",
  ],
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

test.each(REFUSED)("%s is refused as %s (R041, R042)", async (_, code, make, names) => {
  const target = repository();
  make(target);
  const refusals = refusalsOf(await observe(target.path));
  const found = refusals.filter((refusal) => refusal.code === code);
  expect(refusals.map((refusal) => refusal.code)).toContain(code);
  expect(found.map((refusal) => wordsOf(refusal).says).join("\n")).toContain(names);
  for (const refusal of refusals) expect(Object.values(wordsOf(refusal)).join()).not.toMatch(/\{\w+\}/);
});

test.each([
  ["a relative path", "target"],
  ["a path with ..", "/tmp/../tmp"],
  ["a path with a final slash", "/tmp/"],
  ["a path with a NUL", "/tmp/\0"],
])("%s is not the way to a repository", async (_, path) => {
  expect(await codesAt(path)).toEqual(["admission/not-the-repository"]);
});

test("a folder above that is a symbolic link is refused, also when it was turned later (R039)", async () => {
  const target = repository();
  symlinkSync(target.folder, `${target.folder}-link`);
  cleanups.push(() => rmSync(`${target.folder}-link`));
  expect(await codesAt(`${target.folder}-link/target`)).toEqual(["admission/not-the-repository"]);
});

test("a folder inside the work tree is not its root, and the root is named", async () => {
  const target = repository();
  const refusals = refusalsOf(await observe(join(target.path, "src")));
  expect(refusals).toMatchObject([
    { code: "admission/not-a-repository", facts: { found: `the root is ${target.path}` } },
  ]);
});

test("a repository of another user is refused, and git does not look into it (R041)", async () => {
  const target = repository();
  const uid = (process.getuid?.() ?? 0) + 1;
  const refusals = refusalsOf(await observe(target.path, { uid }));
  expect(new Set(refusals.map(({ code }) => code))).toEqual(new Set(["admission/foreign-owner"]));
});

test("a repository made anew at the same path is another one (R039)", async () => {
  const target = repository();
  const before = await seen(target.path);
  target.sh("mv ../target ../old; cp -a ../old ../target");
  const after = await seen(target.path);
  expect(after.head).toBe(before.head);
  expect([after.inode, after.gitInode]).not.toEqual([before.inode, before.gitInode]);
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

test("whatever a repository plants to be run is listed and never runs (R041, R091)", async () => {
  const target = repository();
  const program = `sh -c "${target.marker.replaceAll('"', '\\"')}"`;
  for (const hook of [
    "pre-commit",
    "post-checkout",
    "reference-transaction",
    "post-index-change",
    "fsmonitor-watchman",
  ]) {
    target.write(`.git/hooks/${hook}`, `#!/bin/sh\n${target.marker}\n`);
    chmodSync(join(target.path, ".git/hooks", hook), 0o755);
  }
  const planted: Readonly<Record<string, string>> = {
    "core.hooksPath": "../hooks",
    "core.fsmonitor": program,
    "core.pager": program,
    "core.editor": program,
    "core.sshCommand": program,
    "core.askPass": program,
    "core.alternateRefsCommand": program,
    "core.gitProxy": program,
    "credential.helper": `!${program}`,
    "diff.external": program,
    "diff.x.textconv": program,
    "diff.x.command": program,
    "merge.x.driver": program,
    "filter.x.clean": program,
    "filter.x.smudge": program,
    "filter.x.process": program,
    "alias.ls-files": `!${program}`,
    "alias.cat-file": `!${program}`,
    "gpg.program": program,
    "commit.gpgSign": "true",
    "uploadpack.packObjectsHook": program,
    "url.ext::sh.insteadOf": "https://",
    "remote.origin.url": `ext::${program}`,
    "remote.origin.uploadpack": program,
    "sequence.editor": program,
    "interactive.diffFilter": program,
  };
  target.write(".gitattributes", "* diff=x merge=x text=auto\n");
  target.commit();
  target.sh("rm -f ../ran");
  for (const [key, value] of Object.entries(planted)) target.git("config", key, value);
  target.sh("rm -f ../ran");

  const { findings, remotes } = await seen(target.path);
  await fingerprint(target.path);
  expect(target.ran()).toBe(false);
  expect(remotes).toEqual([`origin ext::${program}`]);
  const listed = findings.map(({ finding, where }) => `${finding} ${where}`);
  expect(new Set(findings.map(({ finding }) => finding))).toEqual(
    new Set(["hook", "fsmonitor", "driver", "credential", "alias", "signing", "url-rewrite", "remote"]),
  );
  expect(listed).toContain("hook .git/hooks/pre-commit");
  for (const key of Object.keys(planted)) {
    expect(
      listed.some((line) => line.toLowerCase().endsWith(` ${key.toLowerCase()}`)),
      key,
    ).toBe(true);
  }
  target.sh("git status || true");
  expect(target.ran(), "the human's git would have run it").toBe(true);
});

test.each([
  ["an include inside the tree", "include.path", "../evil"],
  ["a worktree configuration", "extensions.worktreeConfig", "true"],
])("a program that %s names does not run, and the repository is refused", async (_, key, value) => {
  const target = repository();
  target.write("evil", `[core]\n\tfsmonitor = "${target.marker}"\n`);
  target.sh("cp evil .git/config.worktree");
  target.commit();
  target.git("config", key, value);
  target.sh("rm -f ../ran");
  expect((await observe(target.path)).ok).toBe(false);
  expect(target.ran()).toBe(false);
});

test("a filter named in the attributes does not run, and the repository is refused", async () => {
  const target = repository();
  target.write(".gitattributes", "* filter=x\n");
  target.commit();
  for (const way of ["clean", "smudge", "process"]) target.git("config", `filter.x.${way}`, target.marker);
  target.append("README.md", "x");
  expect(await codesAt(target.path)).toEqual(expect.arrayContaining(["admission/filter", "admission/dirty"]));
  expect(target.ran()).toBe(false);
});

test("agent configuration and prose are listed with their digests, in any folder", async () => {
  const target = repository({
    ".claude/settings.json": "{}",
    "src/.codex/config.toml": "x",
    ".mcp.json": "{}",
    "opencode.jsonc": "{}",
    ".vscode/tasks.json": "{}",
    "AGENTS.md": "do",
    "src/CLAUDE.md": "do",
    ".github/copilot-instructions.md": "do",
    "src/agents.py": "",
  });
  const { findings } = await seen(target.path);
  expect(findings).toEqual([
    { finding: "agent-config", where: ".claude/settings.json", digest: digestOf("{}") },
    { finding: "agent-prose", where: ".github/copilot-instructions.md", digest: digestOf("do") },
    { finding: "agent-config", where: ".mcp.json", digest: digestOf("{}") },
    { finding: "agent-config", where: ".vscode/tasks.json", digest: digestOf("{}") },
    { finding: "agent-prose", where: "AGENTS.md", digest: digestOf("do") },
    { finding: "agent-config", where: "opencode.jsonc", digest: digestOf("{}") },
    { finding: "agent-config", where: "src/.codex/config.toml", digest: digestOf("x") },
    { finding: "agent-prose", where: "src/CLAUDE.md", digest: digestOf("do") },
  ]);
});

test("a group that may write is listed and no refusal", async () => {
  const target = repository();
  chmodSync(target.path, 0o775);
  expect((await seen(target.path)).findings).toEqual([{ finding: "group-writable", where: "." }]);
});

test.each([
  ["packed and collected", "git gc -q --prune=now; git pack-refs --all"],
  [
    "with a commit graph and a multi-pack index",
    "git gc -q; git commit-graph write --reachable; git multi-pack-index write",
  ],
  ["with index version 4", "git update-index --index-version 4"],
  [
    "with an untracked cache and merges",
    "git update-index --untracked-cache; git switch -qc b; git commit -q --allow-empty -m b; git switch -q main; git commit -q --allow-empty -m m; git merge -q b -m mm; git branch -d b",
  ],
  ["with a sparse checkout that was switched off", "git config core.sparseCheckout false"],
  [
    "with links and executables",
    "ln -s README.md link; ln -s /nowhere away; cp deploy/run.sh x; chmod +x x; git add -A; git commit -qm x",
  ],
  ["with names that are not UTF-8", "touch \"$(printf 'a\\377')\" \"$(printf 'b\\nc')\"; git add -A; git commit -qm x"],
  [
    "with two roots",
    "git switch -q --orphan b; git commit -q --allow-empty -m b; git switch -q main; git merge -q --allow-unrelated-histories b -m m",
  ],
])("a plain repository is seen %s", async (_, script) => {
  const target = repository();
  target.sh(script);
  const value = await seen(target.path);
  expect(value.tree).toBe(target.git("rev-parse", "HEAD^{tree}").trim());
  expect(value.rootCommits).toEqual(target.git("rev-list", "--max-parents=0", "HEAD").trim().split("\n").sort());
});

test("a commit graph that lies about a tree is not believed, though the human's git does", async () => {
  const target = repository();
  const tree = target.git("rev-parse", "HEAD^{tree}").trim();
  const other = target.git("rev-parse", "HEAD:src").trim();
  target.git("commit-graph", "write", "--reachable");
  const file = join(target.path, ".git/objects/info/commit-graph");
  const graph = readFileSync(file).subarray(0, -20);
  Buffer.from(other, "hex").copy(graph, graph.indexOf(Buffer.from(tree, "hex")));
  chmodSync(file, 0o644);
  writeFileSync(file, Buffer.concat([graph, createHash("sha1").update(graph).digest()]));
  expect(target.git("log", "-1", "--format=%T").trim()).toBe(other);
  expect((await seen(target.path)).tree).toBe(tree);
});
