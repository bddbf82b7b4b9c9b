import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as fc from "fast-check";
import { afterEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { Manifest } from "../../workflow/policy/changes.ts";
import { blobOf, ManifestLimit, takeManifest } from "./manifest.ts";
import { nameKey, pathName, rawName } from "./path-name.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const clean of cleanups.splice(0)) clean();
});

const repository = (): ScratchRepository => {
  const made = scratchRepository();
  cleanups.push(made.remove);
  return made;
};

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), "cto-manifest-"));
  cleanups.push(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

const everything = { skip: () => false };
const ofTarget = (path: string): Promise<Manifest> => takeManifest(path, { skip: (name) => name === ".git" });

const differing = (before: Manifest, after: Manifest): string[] => {
  const was = new Map(before.entries.map((entry) => [nameKey(entry), JSON.stringify(entry)]));
  const is = new Map(after.entries.map((entry) => [nameKey(entry), JSON.stringify(entry)]));
  return [...new Set([...was.keys(), ...is.keys()])].filter((key) => was.get(key) !== is.get(key)).sort();
};

interface Trick {
  readonly before?: (target: ScratchRepository) => void;
  readonly hide: (target: ScratchRepository) => void;
  readonly changed: readonly string[];
  /** What `git status --porcelain -uall` of the human's git still shows. */
  readonly status: "hidden" | "shown";
}

const edit = (target: ScratchRepository): void => target.append("src/other.py", "EVIL = 1\n");
const other = ["src/other.py"];

const TRICKS: readonly (readonly [string, Trick])[] = [
  [
    "1 assume-unchanged",
    {
      before: (t) => t.git("update-index", "--assume-unchanged", "src/other.py"),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "2 skip-worktree",
    {
      before: (t) => t.git("update-index", "--skip-worktree", "src/other.py"),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "3 info/exclude",
    {
      hide: (t) => (t.append(".git/info/exclude", "evil.py\n"), t.write("evil.py", "1\n")),
      changed: ["evil.py"],
      status: "hidden",
    },
  ],
  [
    "4 a newly ignored folder",
    {
      hide: (t) => (t.write("new/.gitignore", "*\n"), t.write("new/evil.py", "1\n")),
      changed: ["new", "new/.gitignore", "new/evil.py"],
      status: "hidden",
    },
  ],
  ["5 an empty folder", { hide: (t) => mkdirSync(join(t.path, "empty")), changed: ["empty"], status: "hidden" }],
  [
    "6 chmod under core.fileMode=false",
    {
      before: (t) => t.git("config", "core.fileMode", "false"),
      hide: (t) => t.sh("chmod +x src/other.py"),
      changed: other,
      status: "hidden",
    },
  ],
  ["7 an edit that was committed", { hide: (t) => (edit(t), t.commit()), changed: other, status: "hidden" }],
  [
    "8 core.worktree at a clean copy",
    {
      before: (t) => (t.sh("cp -a . ../copy"), t.git("config", "core.worktree", join(t.folder, "copy"))),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "9 same size and time",
    {
      before: (t) => (
        t.git("config", "core.trustctime", "false"),
        t.git("config", "core.checkStat", "minimal"),
        t.sh("touch -d 2020-01-01 src/other.py"),
        t.git("update-index", "--refresh")
      ),
      hide: (t) => (t.write("src/other.py", "OTHER = 2\n"), t.sh("touch -d 2020-01-01 src/other.py")),
      changed: other,
      status: "hidden",
    },
  ],
  [
    "10 a file system monitor that reports nothing",
    {
      before: (t) => (
        t.sh("printf '#!/bin/sh\\nprintf \"token\\\\0\"\\n' > ../monitor; chmod +x ../monitor"),
        t.git("config", "core.fsmonitor", join(t.folder, "monitor")),
        t.git("config", "core.fsmonitorHookVersion", "2"),
        t.git("update-index", "--fsmonitor"),
        t.git("status")
      ),
      hide: edit,
      changed: other,
      status: "hidden",
    },
  ],
  [
    "11 refs/replace of the blob",
    {
      hide: (t) => (edit(t), t.sh("git replace $(git rev-parse HEAD:src/other.py) $(git hash-object -w src/other.py)")),
      changed: other,
      status: "shown",
    },
  ],
  [
    "12 a clean filter",
    {
      before: (t) => (
        t.git("config", "filter.x.clean", "git cat-file blob HEAD:src/other.py"),
        t.append(".git/info/attributes", "src/other.py filter=x\n")
      ),
      hide: edit,
      changed: other,
      status: "shown",
    },
  ],
  [
    "13 a nested repository",
    {
      hide: (t) =>
        t.sh(
          "git init -q nested && cd nested && echo 1 > evil && git add . && git -c commit.gpgsign=false commit -qm x && rm -rf .git/hooks .git/objects .git/logs",
        ),
      changed: ["nested", "nested/evil"],
      status: "shown",
    },
  ],
  [
    "14 ignored changes of a submodule",
    {
      before: (t) => (
        t.sh("git init -q ../sub && cd ../sub && echo 1 > s && git add . && git commit -qm x"),
        t.git("submodule", "--quiet", "add", "../sub", "sub"),
        t.git("config", "-f", ".gitmodules", "submodule.sub.ignore", "all"),
        t.git("config", "diff.ignoreSubmodules", "all"),
        t.commit()
      ),
      hide: (t) => t.append("sub/s", "2\n"),
      changed: ["sub/s"],
      status: "hidden",
    },
  ],
  [
    "15 an edit through a hard link",
    {
      before: (t) => linkSync(join(t.path, "src/other.py"), join(t.folder, "link")),
      hide: (t) => t.append("../link", "EVIL = 1\n"),
      changed: other,
      status: "shown",
    },
  ],
];

test.each(TRICKS)(
  "the manifest sees what hides behind trick %s (R089)",
  async (_, { before, hide, changed, status }) => {
    const target = repository();
    before?.(target);
    const was = await ofTarget(target.path);
    hide(target);
    const is = await ofTarget(target.path);
    expect(is.digest).not.toBe(was.digest);
    expect(differing(was, is).filter((path) => !path.startsWith("nested/.git"))).toEqual(changed);
    if (status === "hidden") expect(target.git("status", "--porcelain", "-uall")).toBe("");
  },
);

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
