import { chmodSync, rmSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { readRefs, refValue, snapshotControlPlane } from "./control-plane.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const differing = async (target: ScratchRepository, change: () => void): Promise<string[]> => {
  const before = new Map((await snapshotControlPlane(target.path)).entries.map(({ name, value }) => [name, value]));
  change();
  const after = new Map((await snapshotControlPlane(target.path)).entries.map(({ name, value }) => [name, value]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .sort();
};

type Row = readonly [what: string, change: (target: ScratchRepository) => void, names: readonly string[]];

const SEEN: readonly Row[] = [
  ["a hook", (t) => t.write(".git/hooks/pre-push", ""), ["file hooks/pre-push"]],
  [
    "a hook's mode",
    (t) => chmodSync(join(t.path, ".git/hooks/pre-commit.sample"), 0o600),
    ["file hooks/pre-commit.sample"],
  ],
  ["the configuration", (t) => t.git("config", "a.b", "c"), ["file config"]],
  ["info/exclude", (t) => t.append(".git/info/exclude", "x"), ["file info/exclude"]],
  ["alternates", (t) => t.write(".git/objects/info/alternates", "/x\n"), ["file objects/info/alternates"]],
  ["a new branch", (t) => t.git("branch", "b"), ["log logs/refs/heads/b", "ref refs/heads/b loose"]],
  ["a tag", (t) => t.git("tag", "v1"), ["ref refs/tags/v1 loose"]],
  [
    "a packed ref",
    (t) => t.sh('echo "$(git rev-parse HEAD) refs/tags/p" > .git/packed-refs'),
    ["file packed-refs", "ref refs/tags/p packed"],
  ],
  [
    "a symbolic ref",
    (t) => t.git("symbolic-ref", "refs/heads/s", "refs/heads/main"),
    ["log logs/refs/heads/s", "ref refs/heads/s loose"],
  ],
  ["HEAD", (t) => t.sh("echo ref: refs/heads/x > .git/HEAD"), ["file HEAD", "ref HEAD loose"]],
  ["an index flag", (t) => t.git("update-index", "--skip-worktree", "README.md"), ["index"]],
  [
    "a staged file",
    (t) => t.sh("echo x > n; git add n"),
    ["index", "object 58/7be6b4c3f93f93c489c0111bba5596147a26cb"],
  ],
  ["a line of a reflog", (t) => t.append(".git/logs/HEAD", "x\n"), ["log logs/HEAD"]],
  ["an operation", (t) => t.write(".git/MERGE_HEAD", "x"), ["file MERGE_HEAD"]],
  ["any other name", (t) => t.write(".git/whatever/x", "x"), ["file whatever", "file whatever/x"]],
  ["the owner's permissions", (t) => chmodSync(t.path, 0o700), ["place root"]],
];

test.each(SEEN)("%s is an entry of the control plane", async (_, change, names) => {
  const target = repository();
  expect(await differing(target, () => change(target))).toEqual(names);
});

test("an object that lost its content is seen by its size", async () => {
  const target = repository();
  const empty = "f=$(find .git/objects -type f | head -1); chmod u+w $f; : > $f";
  expect(await differing(target, () => target.sh(empty))).toEqual([expect.stringMatching(/^object /)]);
});

test("a stash is seen as a ref, its log and its objects", async () => {
  const target = repository();
  target.sh("echo x >> README.md");
  const found = await differing(target, () => target.git("stash", "push", "-q"));
  expect(found).toEqual(expect.arrayContaining(["ref refs/stash loose", "log logs/refs/stash"]));
});

test("a file that the configuration names is watched where it lies", async () => {
  const target = repository();
  target.sh("echo '[a]' > ../named; git config include.path ../../named");
  const found = await differing(target, () => target.append("../named", "b = c\n"));
  expect(found).toEqual([expect.stringMatching(/^named include\.path /)]);
});

test("git looking at its work tree does not change the control plane", async () => {
  const target = repository();
  target.sh("git status; touch README.md");
  expect(await differing(target, () => target.sh("git status; git update-index --refresh; git diff"))).toEqual([]);
});

test("a missing git directory and a git file have a control plane of their own", async () => {
  const target = repository();
  const whole = await snapshotControlPlane(target.path);
  rmSync(join(target.path, ".git"), { recursive: true });
  const none = await snapshotControlPlane(target.path);
  target.write(".git", "gitdir: /elsewhere\n");
  const file = await snapshotControlPlane(target.path);
  expect(new Set([whole.digest, none.digest, file.digest]).size).toBe(3);
});

test("a loose ref is what git reads, the packed one stands beside it", async () => {
  const target = repository();
  const first = target.git("rev-parse", "HEAD").trim();
  target.git("pack-refs", "--all");
  target.commit();
  const refs = await readRefs(join(target.path, ".git"));
  expect(refValue(refs, "HEAD")).toBe("ref: refs/heads/main");
  expect(refValue(refs, "refs/heads/main")).toBe(target.git("rev-parse", "HEAD").trim());
  expect(refs.find(({ stored }) => stored === "packed")).toEqual({
    name: "refs/heads/main",
    value: first,
    stored: "packed",
  });
});
