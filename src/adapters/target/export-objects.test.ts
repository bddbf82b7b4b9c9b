import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { CHANGED, targetRun } from "../../../test/repositories/target-run.ts";
import type { Commit, ExportedObjects } from "../../workflow/commit/commit.ts";
import { exportObjects } from "./export-objects.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (files?: Readonly<Record<string, string>>): ScratchRepository => {
  const made = scratchRepository(files);
  cleanups.push(made.remove);
  return made;
};

/** What a stranger does with the exported objects, with a git of his own and nothing of the repository. */
const replay = (folder: string, exported: ExportedObjects, baseTree: string) => {
  const empty = join(folder, "replay.git");
  mkdirSync(empty);
  const git = (args: readonly string[], input?: Uint8Array): string =>
    execFileSync("/usr/bin/git", [`--git-dir=${empty}`, ...args], {
      cwd: folder,
      env: { PATH: "/usr/bin:/bin", GIT_INDEX_FILE: join(folder, "replay.index") },
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
    }).trim();
  git(["init", "-q", "--bare"]);
  writeFileSync(join(empty, "objects/pack/pack-base.pack"), exported.basePack);
  writeFileSync(join(empty, "objects/pack/pack-base.idx"), exported.baseIndex);
  const objects = git(["cat-file", "--batch-all-objects", "--batch-check=%(objecttype)"]).split("\n").sort();
  git(["read-tree", baseTree]);
  git(["apply", "--cached", "--binary", "--whitespace=nowarn"], exported.patch);
  return {
    tree: git(["write-tree", "--missing-ok"]),
    commit: git(["hash-object", "-t", "commit", "--stdin"], exported.commitRaw),
    base: git(["hash-object", "-t", "commit", "--stdin"], exported.baseCommitRaw),
    objects,
  };
};

test("base pack, patch and raw commits give the same tree and commit id in an empty repository (R105, R114)", async () => {
  const target = repository();
  const run = await targetRun(target);
  const candidate = await run.prepare({ ...CHANGED, "deploy/run.sh": undefined, "no-newline.txt": "a\r\nb" });
  const exported = await run.target.exportObjects(run.permit, { ...candidate, ref: "refs/heads/main" });
  const { tree: baseTree } = run.permit.admission.observation;
  expect(replay(target.folder, exported, baseTree)).toEqual({
    tree: candidate.tree,
    commit: candidate.commit,
    base: run.base,
    // All trees of the base (root, deploy, src) and the old contents of the two changed paths, nothing else.
    objects: ["blob", "blob", "tree", "tree", "tree"],
  });
});

test("the replay holds for binary, modes, links, names that are no UTF-8 and files that look renamed (R105)", async () => {
  const target = repository({ "a.txt": "line\n".repeat(40) });
  target.sh("head -c 4096 /dev/urandom > binary; printf 'x\\ry\\n' > \"$(printf 'n\\377me')\"");
  symlinkSync("a.txt", join(target.path, "link"));
  target.commit();
  const base = target.git("rev-parse", "HEAD").trim();
  target.sh("mv a.txt b.txt; head -c 4096 /dev/urandom > binary; chmod +x b.txt; ln -sf b.txt link; printf z >> n*me");
  target.commit();
  const commit = target.git("rev-parse", "HEAD").trim();
  const gitDir = join(target.path, ".git");
  const exported = await exportObjects(gitDir, { parent: base, commit, tree: commit, ref: "" } as Commit);
  const replayed = replay(target.folder, exported, target.git("rev-parse", "HEAD~1^{tree}").trim());
  expect(replayed).toMatchObject({ tree: target.git("rev-parse", "HEAD^{tree}").trim(), commit });
});

test("what is exported depends on the two commits only", async () => {
  const target = repository();
  const run = await targetRun(target);
  const candidate = { ...(await run.prepare()), ref: "refs/heads/main" };
  const first = await run.target.exportObjects(run.permit, candidate);
  target.git("config", "diff.noprefix", "true");
  target.git("config", "core.quotePath", "false");
  writeFileSync(join(target.folder, ".gitconfig"), "[diff]\n\tnoprefix = true\n\talgorithm = patience\n");
  expect(await run.target.exportObjects(run.permit, candidate)).toEqual(first);
  const digest = createHash("sha1").update(`commit ${first.commitRaw.length}\0`).update(first.commitRaw).digest("hex");
  expect(digest).toBe(candidate.commit);
});

test("the diff of two trees is the patch of their commits", async () => {
  const run = await targetRun(repository());
  const candidate = await run.prepare();
  const { patch } = await run.target.exportObjects(run.permit, { ...candidate, ref: "refs/heads/main" });
  const { tree } = run.permit.admission.observation;
  expect(await run.target.diff(run.permit, tree, candidate.tree)).toEqual(patch);
  expect(Buffer.from(patch).toString()).toContain("+    return text.lower()");
});

test("nothing in this folder can push, fetch, pull, merge, reset or set up a remote (R076)", () => {
  const verbs = /"(?:push|fetch|pull|clone|remote|send-pack|fetch-pack|ls-remote|merge|rebase|reset|stash|commit|gc)"/;
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  // The word "remote" is a finding of the preflight, and "commit" a kind of object: only what git is given counts.
  const given = /\bgit\(\s*[^,]+,\s*\[[^\]]*\]/g;
  const calls = files.flatMap((name) => readFileSync(join(import.meta.dirname, name), "utf8").match(given) ?? []);
  expect(calls.filter((call) => verbs.test(call.replace(/"(?:cat-file|hash-object", "-t)", "commit"/, "")))).toEqual(
    [],
  );
  expect(calls.length).toBeGreaterThan(20);
});
