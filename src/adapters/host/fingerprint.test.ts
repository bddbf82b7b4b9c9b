import { execFileSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { fingerprint } from "./fingerprint.ts";

let folder: string;
let place: string;
const at = (name: string): string => path.join(place, name);

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cto-print-"));
  place = path.join(folder, "place");
  mkdirSync(path.join(place, "authority"), { recursive: true });
  writeFileSync(at("authority/policy.yaml"), "a");
  writeFileSync(path.join(folder, "outside"), "outside");
  symlinkSync("../outside", at("link"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each<[string, () => void]>([
  ["a byte", () => writeFileSync(at("authority/policy.yaml"), "b")],
  ["a byte of the same length and time", () => writeFileSync(at("authority/policy.yaml"), "A")],
  ["a mode", () => chmodSync(at("authority/policy.yaml"), 0o600)],
  ["the mode of a folder", () => chmodSync(at("authority"), 0o700)],
  ["a name", () => renameSync(at("authority/policy.yaml"), at("authority/policy.yml"))],
  ["a new file", () => writeFileSync(at("new"), "")],
  ["a new empty folder", () => mkdirSync(at("empty"))],
  ["a file that is gone", () => unlinkSync(at("authority/policy.yaml"))],
  [
    "where a link leads",
    () => {
      unlinkSync(at("link"));
      symlinkSync("../elsewhere", at("link"));
    },
  ],
  [
    "a file that became a link to the same bytes",
    () => {
      renameSync(at("authority/policy.yaml"), path.join(folder, "moved"));
      symlinkSync("../../moved", at("authority/policy.yaml"));
    },
  ],
  ["a pipe", () => void execFileSync("/usr/bin/mkfifo", [at("pipe")])],
])("R083 R085 %s changes the fingerprint", async (_, change) => {
  const before = await fingerprint(place);
  change();
  expect(await fingerprint(place)).not.toBe(before);
});

test("what a link leads to is not looked at, and times do not count", async () => {
  const before = await fingerprint(place);
  writeFileSync(path.join(folder, "outside"), "changed");
  writeFileSync(at("authority/policy.yaml"), "a");
  expect(await fingerprint(place)).toBe(before);
});

test("the same content elsewhere has the same fingerprint, a single file has one too", async () => {
  cpSync(place, path.join(folder, "copy"), { recursive: true, verbatimSymlinks: true });
  expect(await fingerprint(path.join(folder, "copy"))).toBe(await fingerprint(place));
  expect(await fingerprint(at("authority/policy.yaml"))).toMatch(/^[0-9a-f]{64}$/);
});

test("what is not there is absent, and a pipe is never read", async () => {
  expect(await fingerprint(path.join(folder, "nothing"))).toBe("absent");
  expect(await fingerprint(at("authority/policy.yaml/below"))).toBe("absent");
  execFileSync("/usr/bin/mkfifo", [path.join(folder, "pipe")]);
  expect(await fingerprint(path.join(folder, "pipe"))).toMatch(/^[0-9a-f]{64}$/);
});
