import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { fingerprintFolder } from "./fingerprint-folder.ts";

let root: string;
let folder: string;
beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "cto-fingerprint-"));
  folder = path.join(root, "bundle");
  mkdirSync(path.join(folder, "backend"), { recursive: true });
  writeFileSync(path.join(folder, "test.log"), "passed");
  writeFileSync(path.join(folder, "backend/frames.jsonl"), "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const settled = async (): Promise<string | undefined> => {
  await expect.poll(() => fingerprintFolder(folder)).toBeDefined();
  return fingerprintFolder(folder);
};

test("right after a write nothing is told, as one more could look the same", async () => {
  expect(await fingerprintFolder(folder)).toBeUndefined();
  expect(await settled()).toMatch(/^[0-9a-f]{64}$/);
});

test("a folder that is not there tells nothing", async () => {
  expect(await fingerprintFolder(path.join(root, "absent"))).toBeUndefined();
});

test("a folder that is reached through a link, and one that holds a link, tell nothing: what is behind can change unseen", async () => {
  await settled();
  const link = path.join(root, "link");
  symlinkSync(folder, link);
  await expect.poll(() => Date.now() - lstatSync(link).ctimeMs).toBeGreaterThan(2_100);
  expect(await fingerprintFolder(link)).toBeUndefined();
  symlinkSync("/etc/hostname", path.join(folder, "backend/link"));
  await expect.poll(() => Date.now() - lstatSync(path.join(folder, "backend")).ctimeMs).toBeGreaterThan(2_100);
  expect(await fingerprintFolder(folder)).toBeUndefined();
});

test.each([
  [
    "one bit, the times of the file set back",
    (): void => {
      const { atime, mtime } = statSync(path.join(folder, "test.log"));
      writeFileSync(path.join(folder, "test.log"), "passee");
      utimesSync(path.join(folder, "test.log"), atime, mtime);
    },
  ],
  ["a file more, deep below", (): void => writeFileSync(path.join(folder, "backend/more"), "")],
  ["another name", (): void => renameSync(path.join(folder, "test.log"), path.join(folder, "test.txt"))],
  ["a second name elsewhere", (): void => linkSync(path.join(folder, "test.log"), path.join(root, "second"))],
  ["other rights", (): void => chmodSync(path.join(folder, "test.log"), 0o400)],
  [
    "a like folder in its place",
    (): void => {
      renameSync(folder, path.join(root, "before"));
      mkdirSync(path.join(folder, "backend"), { recursive: true });
      writeFileSync(path.join(folder, "test.log"), "passed");
      writeFileSync(path.join(folder, "backend/frames.jsonl"), "{}");
    },
  ],
])("%s is another fingerprint, at once and afterwards", async (_, change) => {
  const before = await settled();
  change();
  expect(await fingerprintFolder(folder)).not.toBe(before);
  expect(await settled()).not.toBe(before);
});
