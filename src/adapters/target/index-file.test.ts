import { readFileSync } from "node:fs";
import { join } from "node:path";

import { afterAll, expect, test } from "vitest";

import { scratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { parseIndex } from "./index-file.ts";

const target = scratchRepository({
  "a/long/folder/name/one.txt": "1",
  "a/long/folder/name/two.txt": "2",
  "a/x": "3",
  b: "4",
});
afterAll(target.remove);

const read = () => parseIndex(readFileSync(join(target.path, ".git/index")));

test.each([2, 3, 4])("an index of version %i is read as git reads it, flags included", (version) => {
  target.git("read-tree", "HEAD");
  target.git("update-index", "--index-version", String(version));
  target.git("update-index", "--assume-unchanged", "b");
  if (version > 2) target.git("update-index", "--skip-worktree", "a/x");
  target.write("new", "");
  if (version > 2) target.git("add", "-N", "new");
  const index = read();
  const lines = index?.entries.map(({ name, mode, oid, stage }) => `${mode} ${oid} ${stage}\t${name}`);
  expect(lines).toEqual(target.git("ls-files", "-s").trim().split("\n"));
  expect(index?.version).toBe(version);
  const flagged = index?.entries.flatMap(({ name, assumeUnchanged, skipWorktree, intentToAdd }) =>
    assumeUnchanged || skipWorktree || intentToAdd ? [[name, assumeUnchanged, skipWorktree, intentToAdd]] : [],
  );
  const later = version > 2 ? [["new", false, false, true]] : [];
  const skipped = version > 2 ? [["a/x", false, true, false]] : [];
  expect(flagged).toEqual([...skipped, ["b", true, false, false], ...later]);
});

test("extensions are named", () => {
  target.git("read-tree", "HEAD");
  target.git("update-index", "--split-index");
  expect(read()?.extensions).toContain("link");
  target.git("update-index", "--no-split-index");
});

test("no byte of an index can be changed or lost unseen", () => {
  target.git("read-tree", "HEAD");
  const bytes = readFileSync(join(target.path, ".git/index"));
  for (let at = 0; at < bytes.length; at += 1) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(parseIndex(changed), `byte ${at}`).toBeUndefined();
    expect(parseIndex(bytes.subarray(0, at)), `cut at ${at}`).toBeUndefined();
  }
});
