import { execFileSync } from "node:child_process";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { Failure } from "../../workflow/failure.ts";
import { parseOid, runId, workId, type Oid, type RunId } from "../../workflow/ids.ts";
import type { Workspace } from "../../workflow/workspace/workspace.ts";
import { git } from "./git.ts";
import { initialise } from "./ledger-clone.ts";
import { takeManifest } from "./manifest.ts";
import { closeWorkspace, layPrivate, openWorkspace } from "./workspace.ts";

let folder = "";
let ledger = "";
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "cto-workspace-"));
  ledger = join(folder, "ledger.git");
  await initialise(ledger);
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = ((): RunId => {
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new Error("no work id");
  return runId(work, 1);
})();

const oid = (text: string): Oid => {
  const parsed = parseOid(text);
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

const blob = async (content: string): Promise<Oid> =>
  oid((await git(ledger, ["hash-object", "-w", "--stdin"], { input: content })).text);

/** A tree object written byte by byte, so that it may hold what git would not make. */
const tree = async (...entries: readonly (readonly [mode: string, name: string | Buffer, id: Oid])[]): Promise<Oid> => {
  const bytes = entries.map(([mode, name, id]) =>
    Buffer.concat([Buffer.from(`${mode} `), Buffer.from(name), Buffer.from([0]), Buffer.from(id, "hex")]),
  );
  const args = ["hash-object", "-w", "-t", "tree", "--literally", "--stdin"];
  return oid((await git(ledger, args, { input: Buffer.concat(bytes) })).text);
};

const shelf = (): string => join(folder, "workspaces");
const lay = async (root: Oid): Promise<Workspace & { readonly folder: string }> => {
  const workspace = await openWorkspace(ledger, run, root, "agent");
  return { ...workspace, folder: (await layPrivate(workspace, shelf(), process.getuid?.() ?? 0)).folder };
};

test("a workspace holds the tree's raw bytes, modes and links, and no git (R063)", async () => {
  const attributes = await blob("* text eol=crlf filter=x ident\n");
  const file = await blob("one\r\ntwo\n$Id$\n");
  const inner = await tree(["100755", "run.sh", await blob("echo\n")], ["120000", "up", await blob("../../outside")]);
  const root = await tree(["100644", ".gitattributes", attributes], ["100644", "a.txt", file], ["40000", "dir", inner]);
  const workspace = await lay(root);
  expect(workspace.entries).toEqual([
    { path: ".gitattributes", mode: "100644" },
    { path: "a.txt", mode: "100644" },
    { path: "dir/", mode: "040000" },
    { path: "dir/run.sh", mode: "100755" },
    { path: "dir/up", mode: "120000" },
  ]);
  expect(readFileSync(join(workspace.folder, "a.txt"), "utf8")).toBe("one\r\ntwo\n$Id$\n");
  expect(readlinkSync(join(workspace.folder, "dir/up"))).toBe("../../outside");
  const { entries } = await takeManifest(workspace.folder, { skip: () => false });
  expect(entries.map(({ path, mode, nlink }) => `${path} ${mode.toString(8)} ${nlink}`)).toEqual([
    ".gitattributes 644 1",
    "a.txt 644 1",
    "dir 755 1",
    "dir/run.sh 755 1",
    "dir/up 777 1",
  ]);
  expect(workspace).toMatchObject({ run, purpose: "agent", tree: root });
});

test("every workspace is a folder of its own, and equal trees are laid equally", async () => {
  const root = await tree(["100644", "a", await blob("a")]);
  const [one, two] = [await lay(root), await lay(root)];
  expect(one.folder).not.toBe(two.folder);
  const digests = [one, two].map(({ folder }) =>
    takeManifest(folder, { skip: () => false }).then(({ digest }) => digest),
  );
  expect(new Set(await Promise.all(digests)).size).toBe(1);
});

test.each([
  [".git", "40000"],
  [".GIT", "100644"],
  [".git.", "100644"],
  [".git ", "100644"],
  [".g\u200cit", "100644"],
  ["git~1", "100644"],
  [".git::$INDEX_ALLOCATION", "100644"],
  ["..", "40000"],
  [".", "40000"],
  ["a/b", "100644"],
  ["/etc/passwd", "100644"],
  ["", "100644"],
])("a tree that holds the name %j is not laid", async (name, mode) => {
  const content = await blob("x");
  const root = await tree([mode, name, mode === "40000" ? await tree(["100644", "config", content]) : content]);
  await expect(lay(root)).rejects.toThrow(Failure);
  expect(readdirSync(folder)).toEqual(["ledger.git"]);
});

test("a tree in which a link and a folder have one name is not laid through the link", async () => {
  const away = await blob(folder);
  const inner = await tree(["100644", "planted", await blob("x")]);
  const root = await tree(["120000", "a", away], ["40000", "a", inner]);
  await expect(lay(root)).rejects.toThrow(/it holds the name a/);
  expect(readdirSync(folder)).toEqual(["ledger.git"]);
});

test("a tree with a gitlink or an unknown mode is not laid", async () => {
  const content = await blob("x");
  for (const mode of ["160000", "100664", "10644", "0"]) {
    await expect(lay(await tree([mode, "a", content]))).rejects.toThrow(Failure);
  }
});

test("a missing or damaged object ends in a failure and leaves no folder", async () => {
  const gone = oid("1".repeat(40));
  await expect(lay(gone)).rejects.toThrow(/missing/);
  await expect(lay(await tree(["100644", "a", gone]))).rejects.toThrow(/missing/);
  const good = await blob("good");
  const bad = await blob("bad");
  const fileOf = (id: Oid): string => join(ledger, "objects", id.slice(0, 2), id.slice(2));
  rmSync(fileOf(good));
  execFileSync("/bin/cp", [fileOf(bad), fileOf(good)]);
  await expect(lay(await tree(["100644", "a", good]))).rejects.toThrow(/not what its id says/);
  expect(readdirSync(join(folder, "workspaces"))).toEqual([]);
});

test("a workspace is removed whatever is left in it, and nothing that its links lead to", async () => {
  const workspace = await lay(await tree(["100644", "a", await blob("a")]));
  const outside = join(folder, "outside");
  mkdirSync(outside);
  writeFileSync(join(outside, "kept"), "");
  symlinkSync(outside, join(workspace.folder, "link"));
  mkdirSync(join(workspace.folder, "shut/in"), { recursive: true });
  symlinkSync(join(outside, "kept"), join(workspace.folder, "shut/in/link"));
  mkdirSync(join(workspace.folder, ".lifted-1"));
  writeFileSync(join(workspace.folder, "\u00e9"), "");
  const deep = "for i in $(seq 1 40); do d=$(printf 'd%0.s' $(seq 1 250)); mkdir $d; cd $d; done; mkfifo p; touch x";
  execFileSync("/bin/bash", ["-c", `${deep}; mkdir -m 0 z`], { cwd: workspace.folder, stdio: "pipe" });
  execFileSync("/bin/chmod", ["0", join(workspace.folder, "shut/in"), join(workspace.folder, "shut")]);
  const shut = lstatSync(join(folder, "outside/kept")).mode;
  await closeWorkspace(workspace, shelf());
  expect(lstatSync(workspace.folder, { throwIfNoEntry: false })).toBeUndefined();
  expect(lstatSync(join(outside, "kept")).mode).toBe(shut);
  await closeWorkspace(workspace, shelf());
});
