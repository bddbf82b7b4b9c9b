import { rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { seen } from "../../../test/repositories/observed.ts";
import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { openDoor } from "./door.ts";
import { readIndex } from "./preflight-index.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const STASHES: readonly (readonly [string, number, (target: ScratchRepository) => void])[] = [
  ["no stash", 0, () => undefined],
  ["one stash", 1, (target) => stash(target, "one")],
  ["two stashes", 2, (target) => (stash(target, "one"), stash(target, "two"))],
  [
    "two stashes of which the older was dropped",
    1,
    (target) => (stash(target, "one"), stash(target, "two"), target.git("stash", "drop", "-q", "stash@{1}")),
  ],
  ["a stash in packed refs", 1, (target) => (stash(target, "one"), target.git("pack-refs", "--all"))],
  [
    "a stash without its reflog",
    1,
    (target) => (stash(target, "one"), rmSync(join(target.path, ".git/logs/refs/stash"))),
  ],
];

const stash = (target: ScratchRepository, words: string): void => {
  target.append("README.md", `${words}\n`);
  target.git("stash", "push", "-q", "-m", words);
};

test.each(STASHES)("%s is counted as %i (R110)", async (_, count, make) => {
  const target = repository();
  make(target);
  expect((await seen(target.path)).particulars?.stashCount).toBe(count);
});

test("the git directory and its file system are what git and stat say (R110)", async () => {
  const target = repository();
  const { particulars } = await seen(target.path);
  const [gitDir, commonDir] = target
    .git("rev-parse", "--path-format=absolute", "--git-dir", "--git-common-dir")
    .trim()
    .split("\n");
  expect(particulars).toMatchObject({ gitDir, gitCommonDir: commonDir });
  expect(particulars?.fsType).toBe(`0x${target.sh("stat -f -c %t .git").trim()}`);
});

test("flags of the index are counted by its own bytes, each kind for itself (R110)", async () => {
  const target = repository();
  expect((await seen(target.path)).particulars?.indexFlags).toEqual({ assumeUnchanged: 0, skipWorktree: 0 });
  target.git("update-index", "--assume-unchanged", "README.md", "src/other.py");
  target.git("update-index", "--skip-worktree", "deploy/run.sh");
  const door = await openDoor(target.path, "main");
  cleanups.push(() => rmSync(door.gitDir, { recursive: true, force: true }));
  expect(await readIndex(target.path, door.gitDir)).toMatchObject({ flags: { assumeUnchanged: 2, skipWorktree: 1 } });
});
