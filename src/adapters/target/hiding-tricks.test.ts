import { linkSync, mkdirSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import type { Manifest } from "../../workflow/policy/changes.ts";
import { takeManifest } from "./manifest.ts";
import { nameKey } from "./path-name.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const ofTarget = (path: string): Promise<Manifest> => takeManifest(path, { skip: (name) => name === ".git" });

const differing = (before: Manifest, after: Manifest): string[] => {
  const was = new Map(before.entries.map((entry) => [nameKey(entry), JSON.stringify(entry)]));
  const is = new Map(after.entries.map((entry) => [nameKey(entry), JSON.stringify(entry)]));
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key)).sort();
};

interface Trick {
  readonly before?: (target: ScratchRepository) => void;
  readonly hide: (target: ScratchRepository) => void;
  readonly changed: readonly string[];
  /** What `git status --porcelain -uall` of the human's git still shows. */
  readonly status: "hidden" | "shown";
}

const edit = (target: ScratchRepository): void => target.append("src/other.py", "EVIL = 1\n");
const other = ["src/other.py"];

const TRICKS: readonly (readonly [string, Trick])[] = [
  [
    "1 assume-unchanged",
    {
      before: (t) => t.git("update-index", "--assume-unchanged", "src/other.py"),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "2 skip-worktree",
    {
      before: (t) => t.git("update-index", "--skip-worktree", "src/other.py"),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "3 info/exclude",
    {
      hide: (t) => (t.append(".git/info/exclude", "evil.py\n"), t.write("evil.py", "1\n")),
      changed: ["evil.py"],
      status: "hidden",
    },
  ],
  [
    "4 a newly ignored folder",
    {
      hide: (t) => (t.write("new/.gitignore", "*\n"), t.write("new/evil.py", "1\n")),
      changed: ["new", "new/.gitignore", "new/evil.py"],
      status: "hidden",
    },
  ],
  ["5 an empty folder", { hide: (t) => mkdirSync(join(t.path, "empty")), changed: ["empty"], status: "hidden" }],
  [
    "6 chmod under core.fileMode=false",
    {
      before: (t) => t.git("config", "core.fileMode", "false"),
      hide: (t) => t.sh("chmod +x src/other.py"),
      changed: other,
      status: "hidden",
    },
  ],
  ["7 an edit that was committed", { hide: (t) => (edit(t), t.commit()), changed: other, status: "hidden" }],
  [
    "8 core.worktree at a clean copy",
    {
      before: (t) => (t.sh("cp -a . ../copy"), t.git("config", "core.worktree", join(t.folder, "copy"))),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "9 same size and time",
    {
      before: (t) => (
        t.git("config", "core.trustctime", "false"),
        t.git("config", "core.checkStat", "minimal"),
        t.sh("touch -d 2020-01-01 src/other.py"),
        t.git("update-index", "--refresh")
      ),
      hide: (t) => (t.write("src/other.py", "OTHER = 2\n"), t.sh("touch -d 2020-01-01 src/other.py")),
      changed: other,
      status: "hidden",
    },
  ],
  [
    "10 a file system monitor that reports nothing",
    {
      before: (t) => (
        t.sh("printf '#!/bin/sh\\nprintf \"token\\\\0\"\\n' > ../monitor; chmod +x ../monitor"),
        t.git("config", "core.fsmonitor", join(t.folder, "monitor")),
        t.git("config", "core.fsmonitorHookVersion", "2"),
        t.git("update-index", "--fsmonitor"),
        t.git("status")
      ),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "11 refs/replace of the blob",
    {
      hide: (t) => (edit(t), t.sh("git replace $(git rev-parse HEAD:src/other.py) $(git hash-object -w src/other.py)")),
      changed: other,
      status: "shown",
    },
  ],
  [
    "12 a clean filter",
    {
      before: (t) => (
        t.git("config", "filter.x.clean", "git cat-file blob HEAD:src/other.py"),
        t.append(".git/info/attributes", "src/other.py filter=x\n")
      ),
      hide: edit,
      changed: other,
      status: "shown",
    },
  ],
  [
    "13 a nested repository",
    {
      hide: (t) =>
        t.sh(
          "git init -q nested && cd nested && echo 1 > evil && git add . && git -c commit.gpgsign=false commit -qm x && rm -rf .git/hooks .git/objects .git/logs",
        ),
      changed: ["nested", "nested/evil"],
      status: "shown",
    },
  ],
  [
    "14 ignored changes of a submodule",
    {
      before: (t) => (
        t.sh("git init -q ../sub && cd ../sub && echo 1 > s && git add . && git commit -qm x"),
        t.git("submodule", "--quiet", "add", "../sub", "sub"),
        t.git("config", "-f", ".gitmodules", "submodule.sub.ignore", "all"),
        t.git("config", "diff.ignoreSubmodules", "all"),
        t.commit()
      ),
      hide: (t) => t.append("sub/s", "2\n"),
      changed: ["sub/s"],
      status: "hidden",
    },
  ],
  [
    "15 an edit through a hard link",
    {
      before: (t) => linkSync(join(t.path, "src/other.py"), join(t.folder, "link")),
      hide: (t) => t.append("../link", "EVIL = 1\n"),
      changed: other,
      status: "shown",
    },
  ],
];

test.each(TRICKS)(
  "the manifest sees what hides behind trick %s (R089)",
  async (_, { before, hide, changed, status }) => {
    const target = repository();
    before?.(target);
    const was = await ofTarget(target.path);
    hide(target);
    const is = await ofTarget(target.path);
    expect(is.digest).not.toBe(was.digest);
    expect(differing(was, is).filter((path) => !path.startsWith("nested/.git"))).toEqual(changed);
    if (status === "hidden") expect(target.git("status", "--porcelain", "-uall")).toBe("");
  },
);
