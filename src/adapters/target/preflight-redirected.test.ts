import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { codesAt, expectRefused, seen, type RefusedRow } from "../../../test/repositories/observed.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { refusalsOf } from "../../workflow/result.ts";
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

const REDIRECTED: readonly RefusedRow[] = [
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
    "an index with an extension that must be known",
    "admission/index-unreadable",
    (t) => {
      const index = join(t.path, ".git/index");
      const whole = Buffer.concat([readFileSync(index).subarray(0, -20), Buffer.from("evil\0\0\0\0")]);
      writeFileSync(index, Buffer.concat([whole, createHash("sha1").update(whole).digest()]));
    },
    "evil",
  ],
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
];

test.each(REDIRECTED)("%s is refused as %s (R041)", async (_, code, make, names) => {
  const target = repository();
  make(target);
  await expectRefused(target.path, code, names);
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
