import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { digestOf } from "../../workflow/digest.ts";
import { findProgram } from "./find-program.ts";

const folder = mkdtempSync(path.join(tmpdir(), "cto-find-"));
afterAll(() => rmSync(folder, { recursive: true }));

const program = (name: string, content: string, mode = 0o755): string => {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
  return file;
};

program("first/bin/tool", "first");
program("second/bin/tool", "second");
program("second/bin/plain", "not a program", 0o644);
program("second/bin/sh", "a shell of its own");
program("second/other/hidden", "beside bin");
mkdirSync(path.join(folder, "second/bin/folder"));
symlinkSync("nowhere", path.join(folder, "second/bin/dangling"));
symlinkSync("../other/hidden", path.join(folder, "second/bin/linked"));

const chains = [path.join(folder, "first"), path.join(folder, "second")];

test.each([
  ["no name", ""],
  ["this folder", "."],
  ["the folder above", ".."],
  ["a name with a folder", "bin/tool"],
  ["a name that climbs", "../other/hidden"],
  ["a file that nobody may run", "plain"],
  ["a folder", "folder"],
  ["a link to nowhere", "dangling"],
  ["a NUL byte", "tool\0"],
  ["a name that is nowhere", "cto-no-such-program"],
  ["an absolute path that is nowhere", "/nonexistent/tool"],
])("%s is no program", async (_, name) => {
  expect(await findProgram(name, chains)).toBeUndefined();
});

test("the first toolchain that has it wins, and the system comes last", async () => {
  expect(await findProgram("tool", chains)).toEqual({
    path: path.join(folder, "first/bin/tool"),
    digest: digestOf("first"),
  });
  expect(await findProgram("sh", chains)).toMatchObject({ path: path.join(folder, "second/bin/sh") });
  expect(await findProgram("sh", [])).toMatchObject({ path: "/usr/bin/sh" });
});

test("a link is started by its name and known by the file behind it", async () => {
  expect(await findProgram("linked", chains)).toEqual({
    path: path.join(folder, "second/bin/linked"),
    digest: digestOf("beside bin"),
  });
});

test("the caller's PATH decides nothing", async () => {
  const before = process.env["PATH"];
  process.env["PATH"] = path.join(folder, "first/bin");
  try {
    expect(await findProgram("tool", [])).toBeUndefined();
  } finally {
    process.env["PATH"] = before;
  }
});
