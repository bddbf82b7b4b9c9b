import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { oneAtATime } from "./one-at-a-time.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cto-one-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("of many at once only one works, and each has its turn", async () => {
  let working = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    working += 1;
    most = Math.max(most, working);
    await new Promise((resolve) => void setImmediate(resolve));
    working -= 1;
  };
  await Promise.all(Array.from({ length: 10 }, () => oneAtATime(join(folder, "lock"), work)));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});

test("what fails gives the place up", async () => {
  const lock = join(folder, "lock");
  await expect(oneAtATime(lock, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(existsSync(lock)).toBe(false);
});

test.each([
  ["a process that is gone", "4194304 12345 1\n"],
  ["an earlier process of the same number", `${process.pid} 1 1\n`],
  ["nothing readable", ""],
])("the lock of %s is taken over", async (_, content) => {
  const lock = join(folder, "lock");
  writeFileSync(lock, content);
  expect(await oneAtATime(lock, () => Promise.resolve("done"))).toBe("done");
  expect(readdirSync(folder)).toEqual([]);
});
