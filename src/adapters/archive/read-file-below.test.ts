import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { readFileBelow } from "./read-file-below.ts";
import { readFolder } from "./read-folder.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "cto-file-below-"));
  folder = path.join(root, "bundle");
  mkdirSync(path.join(folder, "backend/attempt-1"), { recursive: true });
  mkdirSync(path.join(root, "elsewhere"));
  writeFileSync(path.join(folder, "test.log"), "passed");
  writeFileSync(path.join(folder, "backend/attempt-1/frames.jsonl"), "{}");
  writeFileSync(path.join(folder, "ein Name ‮ mit Tücke"), "too");
  writeFileSync(path.join(root, "elsewhere/secret"), "nobody may read this");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

test("each file of a bundle is read as reading all of it reads it", async () => {
  const { files } = await readFolder(folder, "sealed");
  expect(files.size).toBe(3);
  for (const [name, bytes] of files) expect(await readFileBelow(folder, name)).toEqual(bytes);
});

test("a bundle that is reached through a link is read as well", async () => {
  symlinkSync(folder, path.join(root, "link"));
  expect(await readFileBelow(path.join(root, "link"), "test.log")).toEqual(new TextEncoder().encode("passed"));
});

test.each(["", ".", "..", "../elsewhere/secret", "backend/../test.log", "backend//attempt-1", "/etc/hostname", "a\0b"])(
  "%j is no name of a file, wherever it leads",
  async (name) => {
    expect(await readFileBelow(folder, name)).toBe("absent");
  },
);

test.each<readonly [what: string, name: string, make: (file: string) => void]>([
  ["nothing", "nothing", () => undefined],
  ["a folder", "backend", () => undefined],
  ["a file where a folder should be", "test.log/frames.jsonl", () => undefined],
  ["a name that is too long", "n".repeat(300), () => undefined],
  ["a link to a file elsewhere", "link", (file) => symlinkSync(path.join(root, "elsewhere/secret"), file)],
  ["a link to a file of the bundle", "link", (file) => symlinkSync(path.join(folder, "test.log"), file)],
  [
    "a file in a folder that is a link",
    "linked/secret",
    (file) => symlinkSync(path.join(root, "elsewhere"), path.dirname(file)),
  ],
  ["a file of two names", "second", (file) => linkSync(path.join(root, "elsewhere/secret"), file)],
  [
    "a file that is too large to hold",
    "large",
    (file) => (writeFileSync(file, ""), truncateSync(file, LIMITS.bundleHeldFileBytesMax + 1)),
  ],
])("%s is absent", async (_, name, make) => {
  make(path.join(folder, name));
  expect(await readFileBelow(folder, name)).toBe("absent");
  expect((await readFolder(folder, "sealed")).files.has(name)).toBe(false);
});

test("a file that cannot be read is a Failure, and not absent", async () => {
  await expect(readFileBelow("/proc/self", "mem")).rejects.toThrow(Failure);
});
