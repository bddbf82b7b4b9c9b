import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { listHead } from "./list-head.ts";
import { makeSample } from "./make-sample.ts";
import { fingerprint } from "./observe.ts";

let root = "";
let target = "";
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "cto-head-")));
  target = path.join(root, "target");
  await makeSample(target, { "a.py": "1\n", "lib/deep/b c.py": "2\n", "é.txt": "3\n" });
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("what the branch holds is listed, however the work tree looks, and nothing is written", async () => {
  await writeFile(path.join(target, "a.py"), "changed");
  await writeFile(path.join(target, "new.py"), "not committed");
  const before = await fingerprint(target);
  const listed = await listHead(target);
  expect(listed.ok && [...listed.value.entries]).toEqual([
    ["a.py", "file"],
    ["lib", "folder"],
    ["lib/deep", "folder"],
    ["lib/deep/b c.py", "file"],
    ["é.txt", "file"],
  ]);
  expect(listed).toMatchObject({ value: { branch: "main", head: expect.stringMatching(/^[0-9a-f]{40}$/) } });
  expect(await fingerprint(target)).toEqual(before);
});

test("a place that is no repository, a link to one and one that borrows its objects are refused", async () => {
  const link = path.join(root, "link");
  await symlink(target, link);
  const codes = async (place: string): Promise<readonly string[]> => {
    const listed = await listHead(place);
    return listed.ok ? [] : listed.refusals.map(({ code }) => code);
  };
  expect(await codes(path.join(root, "nowhere"))).toEqual(["admission/target-absent"]);
  expect(await codes(root)).toEqual(["admission/not-a-repository"]);
  expect(await codes(link)).toEqual(["admission/not-the-repository"]);
  expect(await codes("target")).toEqual(["admission/not-the-repository"]);
  const borrower = path.join(root, "borrower");
  await makeSample(borrower, { "a.py": "1\n" });
  await writeFile(path.join(borrower, ".git/objects/info/alternates"), `${target}/.git/objects\n`);
  expect(await codes(borrower)).toEqual(["admission/alternates"]);
});
