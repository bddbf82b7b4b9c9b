import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";

import { digestOf } from "../../workflow/digest.ts";
import { blobOf, ManifestLimit, takeManifest } from "./manifest.ts";
import { pathName, rawName } from "./path-name.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "cto-manifest-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

const everything = { skip: () => false };

test("an entry tells type, mode, link count, size and both digests of the same bytes", async () => {
  const root = folder();
  writeFileSync(join(root, "b"), "content", { mode: 0o640 });
  linkSync(join(root, "b"), join(root, "a"));
  symlinkSync("/nowhere/at all", join(root, "c"));
  const { entries, files, bytes } = await takeManifest(root, everything);
  const content = { size: 7, sha256: digestOf("content"), blob: blobOf(Buffer.from("content")) };
  const plain = { utf8: true, type: "f", mode: 0o640, nlink: 2, ...content };
  const text = "/nowhere/at all";
  expect(entries).toEqual([
    { path: "a", ...plain },
    { path: "b", ...plain },
    {
      path: "c",
      utf8: true,
      type: "l",
      mode: 0o777,
      nlink: 1,
      size: 15,
      sha256: digestOf(text),
      blob: blobOf(Buffer.from(text)),
    },
  ]);
  expect({ files, bytes }).toEqual({ files: 2, bytes: 14 });
});

test("entries stand in the byte order of whole paths, whatever order the folders are listed in", async () => {
  const root = folder();
  for (const name of ["a", "B"]) mkdirSync(join(root, name));
  for (const name of ["a/x", "a.b", "a-b", "B/y", "\u00e9", "z"]) writeFileSync(join(root, name), "");
  const { entries } = await takeManifest(root, everything);
  expect(entries.map(({ path }) => path)).toEqual(["B", "B/y", "a", "a-b", "a.b", "a/x", "z", "\u00e9"]);
});

test("named pipes and sockets are told of and never opened", async () => {
  const root = folder();
  execFileSync("/usr/bin/mkfifo", [join(root, "pipe")]);
  const server = createServer().listen(join(root, "socket"));
  await new Promise((listening) => server.once("listening", listening));
  const { entries } = await takeManifest(root, everything);
  server.close();
  expect(entries.map(({ path, type, blob }) => [path, type, blob])).toEqual([
    ["pipe", "p", ""],
    ["socket", "s", ""],
  ]);
});

test("a link to a folder is read as a link, its content not walked", async () => {
  const root = folder();
  symlinkSync("/etc", join(root, "link"));
  const { entries } = await takeManifest(root, everything);
  expect(entries.map(({ path, type }) => [path, type])).toEqual([["link", "l"]]);
});

test("names that are not UTF-8 are told apart from names that look like them", async () => {
  const root = folder();
  const names = [Buffer.from("x\xff", "latin1"), Buffer.from("x\\xff"), Buffer.from("x\\xff\xfe", "latin1")];
  for (const name of names) writeFileSync(Buffer.concat([Buffer.from(`${root}/`), name]), "");
  const { entries } = await takeManifest(root, everything);
  expect(entries.map(({ path, utf8 }) => [path, utf8])).toEqual([
    ["x\\xff", true],
    ["x\\x5cxff\\xfe", false],
    ["x\\xff", false],
  ]);
});

test("every name can be read back from how it is written", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(rawName(pathName(bytes)).equals(bytes)).toBe(true);
    }),
  );
});

test("the digest changes with mode, content and name, not with time", async () => {
  const root = folder();
  writeFileSync(join(root, "a"), "1", { mode: 0o644 });
  const digest = async (): Promise<string> => (await takeManifest(root, everything)).digest;
  const first = await digest();
  execFileSync("/usr/bin/touch", ["-d", "2001-01-01", join(root, "a")]);
  expect(await digest()).toBe(first);
  execFileSync("/bin/chmod", ["600", join(root, "a")]);
  const second = await digest();
  writeFileSync(join(root, "a"), "2");
  const third = await digest();
  execFileSync("/bin/mv", [join(root, "a"), join(root, "b")]);
  expect(new Set([first, second, third, await digest()]).size).toBe(4);
});

test("what is skipped is not looked into", async () => {
  const root = folder();
  mkdirSync(join(root, ".git"));
  mkdirSync(join(root, "a/.git"), { recursive: true });
  const { entries } = await takeManifest(root, { skip: (path) => path === ".git" });
  expect(entries.map(({ path }) => path)).toEqual(["a", "a/.git"]);
});

test("the bytes that are kept are the bytes that were digested", async () => {
  const root = folder();
  writeFileSync(join(root, "a"), "x".repeat(3_000_000));
  writeFileSync(join(root, "b"), "");
  const kept: string[] = [];
  await takeManifest(root, {
    ...everything,
    keep: async ({ path, sha256, size }, bytes) => {
      kept.push(`${path} ${digestOf(bytes) === sha256} ${size === bytes.length}`);
    },
  });
  expect(kept).toEqual(["a true true", "b true true"]);
});

const LIMITED: readonly (readonly [string, (root: string) => void])[] = [
  ["manifest-depth", (root) => mkdirSync(join(root, ...Array.from({ length: 65 }, () => "d")), { recursive: true })],
  [
    "manifest-path-bytes",
    (root) => mkdirSync(join(root, ...Array.from({ length: 5 }, () => "n".repeat(250))), { recursive: true }),
  ],
  [
    "manifest-file-bytes",
    (root) => (writeFileSync(join(root, "huge"), ""), truncateSync(join(root, "huge"), 268_435_457)),
  ],
  ["entry-unreadable", (root) => rmSync(root, { recursive: true })],
];

test.each(LIMITED)("a walk that meets %s ends by that name and tells of nothing", async (limit, make) => {
  const root = folder();
  make(root);
  const failed = await takeManifest(root, everything).catch((cause: unknown) => cause);
  expect(failed).toBeInstanceOf(ManifestLimit);
  expect((failed as ManifestLimit).limit).toBe(limit);
});

test("each file is told of as it was in the one moment it was read", async () => {
  const root = folder();
  for (const name of ["a", "b"]) writeFileSync(join(root, name), "1");
  const walkWithWriter = takeManifest(root, {
    ...everything,
    keep: async ({ path }) => {
      if (path === "a") writeFileSync(join(root, "b"), "22");
    },
  });
  const { entries } = await walkWithWriter;
  expect(entries.map(({ sha256 }) => sha256)).toEqual([digestOf("1"), digestOf("22")]);
});
