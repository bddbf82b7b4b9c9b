import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { array, assert, asyncProperty, constantFrom } from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { CANONICAL, objectFiles } from "../../../../test/fixtures/sample-run.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { readPack } from "./git-pack.ts";
import { patchedTree } from "./patch-apply.ts";
import { parsePatch, PatchProblem } from "./patch-parse.ts";

let folder: string;
let target: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "cto-patch-"));
  target = path.join(folder, "target");
  mkdirSync(target);
  git(["init", "-q", "-b", "main"]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const git = (args: readonly string[], input?: string | Uint8Array): Buffer =>
  execFileSync("/usr/bin/git", args, {
    cwd: target,
    input,
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: "/usr/bin:/bin",
      HOME: folder,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_AUTHOR_NAME: "A",
      GIT_AUTHOR_EMAIL: "a@sample.invalid",
      GIT_COMMITTER_NAME: "A",
      GIT_COMMITTER_EMAIL: "a@sample.invalid",
    },
  });

type Tree = Readonly<Record<string, string | Uint8Array | { readonly link: string } | { readonly run: string }>>;

const commitOf = (tree: Tree): string => {
  for (const name of readdirSync(target)) if (name !== ".git") rmSync(path.join(target, name), { recursive: true });
  for (const [name, content] of Object.entries(tree)) {
    const file = path.join(target, name);
    mkdirSync(path.dirname(file), { recursive: true });
    if (typeof content === "string" || content instanceof Uint8Array) writeFileSync(file, content);
    else if ("link" in content) symlinkSync(content.link, file);
    else {
      writeFileSync(file, content.run);
      chmodSync(file, 0o755);
    }
  }
  git(["add", "-A", "-f"]);
  git(["-c", "core.autocrlf=false", "commit", "-q", "--allow-empty", "-m", "step"]);
  return git(["rev-parse", "HEAD"]).toString().trim();
};

const treeOf = (commit: string): string =>
  git(["rev-parse", `${commit}^{tree}`])
    .toString()
    .trim();

const recomputed = async (
  base: string,
  commit: string,
  patch: Uint8Array = git([...CANONICAL, base, commit]),
): Promise<string> => {
  const files = objectFiles(folder, git, base, commit);
  const pack = await readPack(
    nodeVerifyTools,
    bytes(files, "repo/base.pack"),
    bytes(files, "repo/base.idx"),
    oldBlobs(patch),
  );
  if (!pack.ok) throw new Error(pack.says);
  return patchedTree(nodeVerifyTools, pack.objects, treeOf(base), parsePatch(patch));
};

const oldBlobs = (patch: Uint8Array): ReadonlySet<string> => new Set(parsePatch(patch).map(({ oldBlob }) => oldBlob));

const NONE: ReadonlySet<string> = new Set();

const bytes = (files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array => files.get(name) ?? new Uint8Array();

const noise = (length: number, seed: number): Uint8Array =>
  Uint8Array.from({ length }, (_, at) => (at * at * 31 + at * seed + (at >> 3)) % 256);
const numbered = (count: number, change: (line: number) => string = String): string =>
  Array.from({ length: count }, (_, at) => `${change(at)}\n`).join("");

const BASE: Tree = {
  "README.md": "# Sample\n",
  "src/a.py": numbered(60),
  "src/deep/er/b.py": "b\n",
  "open.txt": "no line feed",
  "crlf.txt": "one\r\ntwo\r\nthree\r\n",
  "tool.sh": { run: "#!/bin/sh\n" },
  "logo.bin": noise(5000, 7),
  "empty.txt": "",
  "a-b": "before a/\n",
  "a/c": "in a\n",
  "a.txt": "after a/\n",
};

const without = (tree: Tree, name: string): Tree =>
  Object.fromEntries(Object.entries(tree).filter(([other]) => other !== name));

const CASES: readonly (readonly [string, Tree, (base: Tree) => Tree])[] = [
  [
    "a changed line",
    BASE,
    (base) => ({ ...base, "src/a.py": numbered(60, (line) => (line === 30 ? "changed" : String(line))) }),
  ],
  [
    "several hunks",
    BASE,
    (base) => ({ ...base, "src/a.py": numbered(60, (line) => (line % 20 === 5 ? `x${line}` : String(line))) }),
  ],
  ["lines at the very beginning and end", BASE, (base) => ({ ...base, "src/a.py": `first\n${numbered(60)}last\n` })],
  ["a new file", BASE, (base) => ({ ...base, "src/new/file.py": "new\n" })],
  ["a new empty file", BASE, (base) => ({ ...base, "src/none": "" })],
  ["a deletion", BASE, (base) => without(base, "src/a.py")],
  ["a deletion that empties its folders", BASE, (base) => without(base, "src/deep/er/b.py")],
  ["the deletion of an empty file", BASE, (base) => without(base, "empty.txt")],
  ["a file emptied", BASE, (base) => ({ ...base, "README.md": "" })],
  ["an empty file filled", BASE, (base) => ({ ...base, "empty.txt": "full\n" })],
  ["a last line without line feed changed", BASE, (base) => ({ ...base, "open.txt": "still no line feed" })],
  ["a last line feed added", BASE, (base) => ({ ...base, "open.txt": "no line feed\n" })],
  ["a last line feed removed", BASE, (base) => ({ ...base, "README.md": "# Sample" })],
  ["CRLF lines", BASE, (base) => ({ ...base, "crlf.txt": "one\r\nzwei\r\nthree\n" })],
  ["a mode alone", BASE, (base) => ({ ...base, "tool.sh": "#!/bin/sh\n" })],
  ["a mode and its content", BASE, (base) => ({ ...base, "tool.sh": "#!/bin/sh\nexit 1\n" })],
  ["a new binary file", BASE, (base) => ({ ...base, "new.bin": noise(300, 3) })],
  ["a binary file replaced", BASE, (base) => ({ ...base, "logo.bin": noise(5000, 91) })],
  ["a binary file changed a little", BASE, (base) => ({ ...base, "logo.bin": noise(5000, 7).with(2500, 1) })],
  ["a binary file deleted", BASE, (base) => without(base, "logo.bin")],
  ["a large binary file", BASE, (base) => ({ ...base, "big.bin": noise(200_000, 5) })],
  ["text that is not UTF-8", BASE, (base) => ({ ...base, "latin.txt": Uint8Array.of(0x66, 0xfc, 0x72, 0x0a) })],
  ["a symbolic link made", BASE, (base) => ({ ...base, link: { link: "../outside" } })],
  [
    "a name with spaces and quotes",
    BASE,
    (base) => ({ ...base, 'with "quotes" and space': "x\n", "tab\tname": "y\n" }),
  ],
  ["a name beyond ASCII", BASE, (base) => ({ ...base, "größe/日本.txt": "x\n" })],
  ["a name that holds b/", BASE, (base) => ({ ...base, "x b/x": "x\n" })],
  ["a file that became a folder", BASE, (base) => ({ ...without(base, "a.txt"), "a.txt/inner": "x\n" })],
  ["a folder that became a file", BASE, (base) => ({ ...without(base, "a/c"), a: "now a file\n" })],
  [
    "a rename, as deletion and addition",
    BASE,
    (base) => ({ ...without(base, "src/a.py"), "moved.py": base["src/a.py"] ?? "" }),
  ],
  [
    "content that looks like a patch",
    BASE,
    (base) => ({ ...base, "src/a.py": "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\ndiff --git a/x b/x\n" }),
  ],
  ["everything gone", BASE, () => ({})],
  ["everything new", {}, () => BASE],
];

test.each(CASES)("base tree and patch make git's own tree: %s", async (_, base, change) => {
  const from = commitOf(base);
  const to = commitOf(change(base));
  expect(await recomputed(from, to)).toBe(treeOf(to));
});

test("a file that became a link is no change that a commit of ours can hold", async () => {
  const from = commitOf(BASE);
  const to = commitOf({ ...BASE, "README.md": { link: "src/a.py" } });
  await expect(recomputed(from, to)).rejects.toThrow("README.md is patched twice");
});

test("any text edited into any other comes out as git has it", async () => {
  const line = constantFrom(
    "a\n",
    "b\n",
    "\n",
    "c\r\n",
    "-x\n",
    "+y\n",
    " z\n",
    "\\ No newline at end of file\n",
    "end",
  );
  const content = array(line, { maxLength: 25 }).map((parts) => parts.join(""));
  await assert(
    asyncProperty(content, content, async (one, two) => {
      const from = commitOf({ "f.txt": one, "g.txt": "same\n" });
      const to = commitOf({ "f.txt": two, "g.txt": "same\n" });
      expect(await recomputed(from, to)).toBe(treeOf(to));
    }),
    { numRuns: 25 },
  );
});

const damaged = (change: (patch: string) => string): Promise<string> => {
  const from = commitOf(BASE);
  const to = commitOf({
    ...BASE,
    "src/a.py": numbered(60, (line) => (line % 20 === 5 ? `x${line}` : String(line))),
    "new.bin": noise(300, 3),
  });
  const patch = git([...CANONICAL, from, to]).toString("latin1");
  const wrong = change(patch);
  expect(wrong).not.toBe(patch);
  return recomputed(from, to, Buffer.from(wrong, "latin1"));
};

test.each([
  ["a hunk out of place", (patch: string) => patch.replace("@@ -3,7 +3,7 @@", "@@ -4,7 +4,7 @@")],
  ["a hunk that counts wrong", (patch: string) => patch.replace("@@ -3,7 +3,7 @@", "@@ -3,6 +3,7 @@")],
  ["hunks in the wrong order", (patch: string) => patch.replace("@@ -3,7 +3,7 @@", "@@ -53,7 +53,7 @@")],
  ["context that is not there", (patch: string) => patch.replace("\n 4\n", "\n 44\n")],
  ["another line than the base has", (patch: string) => patch.replace("\n-5\n", "\n-6\n")],
  ["other content than its id", (patch: string) => patch.replace("\n+x5\n", "\n+y5\n")],
  ["another old id", (patch: string) => patch.replace(/index ([0-9a-f]{39})./, "index $1z")],
  ["two names", (patch: string) => patch.replace("+++ b/src/a.py", "+++ b/src/b.py")],
  ["a file twice", (patch: string) => `${patch}${patch}`],
  ["words in front", (patch: string) => `From: somebody\n${patch}`],
  ["a binary line cut", (patch: string) => patch.replace(/(literal 300\n.{20})./, "$1")],
  ["a binary size that lies", (patch: string) => patch.replace("literal 300", "literal 299")],
  ["its last line feed missing", (patch: string) => patch.trimEnd()],
  ["a deletion that keeps lines", (patch: string) => patch.replace("index ", "deleted file mode 100644\nindex ")],
  [
    "shortened ids",
    (patch: string) => patch.replace(/index ([0-9a-f]{7})[0-9a-f]{33}\.\.([0-9a-f]{7})[0-9a-f]{33}/, "index $1..$2"),
  ],
])("a patch with %s is not applied", async (_, change) => {
  await expect(damaged(change)).rejects.toThrow(PatchProblem);
});

test("a file cannot take the place of a whole folder without deleting what is in it", async () => {
  const from = commitOf(BASE);
  const to = commitOf({ ...BASE, "new.txt": "x\n" });
  const patch = git([...CANONICAL, from, to])
    .toString()
    .replaceAll("new.txt", "src");
  await expect(recomputed(from, to, Buffer.from(patch))).rejects.toThrow(/whole folder/);
});

test("a pack with a changed byte, a foreign index or deltas is not read", async () => {
  const from = commitOf(BASE);
  const to = commitOf({ ...BASE, "new.txt": "x\n" });
  const files = objectFiles(folder, git, from, to);
  const [pack, index] = [bytes(files, "repo/base.pack"), bytes(files, "repo/base.idx")];
  expect((await readPack(nodeVerifyTools, pack, index, NONE)).ok).toBe(true);
  for (const at of [0, 4, 11, 12, 40, pack.length - 1])
    expect((await readPack(nodeVerifyTools, Uint8Array.from(pack).with(at, (pack[at] ?? 0) ^ 1), index, NONE)).ok).toBe(
      false,
    );
  for (const at of [0, 7, 1030, 1040, index.length - 30, index.length - 1])
    expect(
      (await readPack(nodeVerifyTools, pack, Uint8Array.from(index).with(at, (index[at] ?? 0) ^ 1), NONE)).ok,
    ).toBe(false);
  expect((await readPack(nodeVerifyTools, new Uint8Array(), index, NONE)).ok).toBe(false);
  expect((await readPack(nodeVerifyTools, pack, new Uint8Array(), NONE)).ok).toBe(false);
});

const glued = (patch: string): readonly string[] => {
  const [, head = "", body = ""] = /^([^]*?)(@@[^]*)$/.exec(patch) ?? [];
  return [head, body];
};

// Git itself applies these: the file then holds one line where a reader of the patch was shown two.
test.each([
  [
    "an added line",
    "one\ntwo\n",
    "one # two\n",
    "@@ -1,2 +1,2 @@\n-one\n-two\n+one #\n\\ No newline at end of file\n+ two\n",
  ],
  [
    "an added line before what stays",
    "one\n two\n",
    "one # two\n",
    "@@ -1,2 +1,2 @@\n-one\n+one #\n\\ No newline at end of file\n  two\n",
  ],
  [
    "the last line of a hunk before another",
    "1\n2\n3\n",
    "x2\ny\n",
    "@@ -1 +1 @@\n-1\n+x\n\\ No newline at end of file\n@@ -3 +3 @@\n-3\n+y\n",
  ],
  ["the old last line before one that is added", "one", "onetwo\n", "@@ -1,0 +2 @@\n+two\n"],
  ["a line of nothing", "one\n", "one\n", "@@ -1 +1,2 @@\n one\n+\n\\ No newline at end of file\n"],
])("a patch in which %s ends without its line feed is not applied", async (_, old, made, hunk) => {
  const from = commitOf({ f: old });
  const to = commitOf({ f: `${made}more` });
  const blob = git(["hash-object", "-w", "--stdin"], made).toString().trim();
  const [head = ""] = glued(git([...CANONICAL, from, to]).toString());
  const patch = `${head.replace(/\.\.[0-9a-f]{40}/, `..${blob}`)}${hunk}`;
  await expect(recomputed(from, to, Buffer.from(patch))).rejects.toThrow(/without its end|another place/);
});
