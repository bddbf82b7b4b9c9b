import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { scratchRepository, type ScratchRepository } from "../../../test/repositories/scratch-repository.ts";
import { parseOid, type Oid } from "../../workflow/ids.ts";
import { openDoor } from "./door.ts";
import { importCommit, initialise } from "./ledger-clone.ts";
import { leaveShared } from "./pristine-lease.ts";
import { listingOf } from "./pristine-mark.ts";
import { enterShared } from "./pristine.ts";

let target: ScratchRepository;
let ledger = "";
let tree: Oid;
let cache = "";

const oid = (text: string): Oid => {
  const parsed = parseOid(text.trim());
  if (parsed === undefined) throw new Error(text);
  return parsed;
};

beforeAll(async () => {
  target = scratchRepository();
  ledger = join(target.folder, "ledger.git");
  await initialise(ledger);
  tree = await taken();
});
afterAll(() => target.remove());

beforeEach(() => {
  cache = mkdtempSync(join(tmpdir(), "cto-pristine-"));
});
afterEach(() => rmSync(cache, { recursive: true, force: true }));

/** The tree of the repository's HEAD, brought into the ledger. */
const taken = async (): Promise<Oid> => {
  const door = await openDoor(target.path, "main");
  await importCommit(ledger, door.gitDir, oid(target.git("rev-parse", "HEAD")));
  await door.close();
  return oid(target.git("rev-parse", "HEAD^{tree}"));
};

// Root gives a checkout to the uid of a slot; a plain user keeps his own.
const OWNER = process.getuid?.() === 0 ? 12_345 : (process.getuid?.() ?? 0);

const enter = (holder: string, of: Oid = tree): Promise<string> =>
  enterShared({ cache, ledger, tree: of, owner: OWNER, holder });
const useOnce = async (of: Oid = tree): Promise<string> => {
  const folder = await enter("one", of);
  await leaveShared(cache, "one");
  return folder;
};
const markFile = (): string => join(cache, tree, `${OWNER}.json`);
const inodeOf = (folder: string): number => lstatSync(folder).ino;
const sh = (folder: string, script: string): void =>
  void execFileSync("/bin/bash", ["-ec", script], { cwd: folder, stdio: "pipe", env: { PATH: "/usr/bin:/bin" } });

test("a checkout is laid once, belongs to its owner, and is the same for everybody after", async () => {
  const folder = await useOnce();
  expect(folder).toBe(join(cache, tree, String(OWNER)));
  expect(lstatSync(join(folder, "src/strings.py"))).toMatchObject({ uid: OWNER, gid: OWNER, nlink: 1 });
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("# Sample\n");
  const before = inodeOf(folder);
  expect(inodeOf(await useOnce())).toBe(before);
});

test.each([
  [
    "bytes of the same size and time",
    "cp -p README.md ../stamp; printf '# Sempla\\n' > README.md; touch -r ../stamp README.md; rm ../stamp",
  ],
  ["a mode", "chmod 600 README.md"],
  ["a new file", "echo x > src/planted.py"],
  ["a new folder", "mkdir planted"],
  ["a missing file", "rm src/other.py"],
  ["a link in place of a file", "ln -sf /etc/passwd README.md"],
  ["a second name for a file", "ln README.md ../twin; rm ../twin"],
  ["another time of its root", "touch ."],
  ["no mark", `rm ../${OWNER}.json`],
  ["a mark that is none", `echo '{}' > ../${OWNER}.json`],
  ["a mark of another version", `sed -i 's/"format":1/"format":2/' ../${OWNER}.json`],
  ["half of an earlier attempt", `mkdir -p ../${OWNER}.laying/src; rm -r ../${OWNER}.json src`],
])("a checkout with %s is removed and laid anew", async (_, script) => {
  const folder = await useOnce();
  sh(folder, script);
  expect(await useOnce()).toBe(folder);
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("# Sample\n");
  expect(readdirSync(join(folder, "src"))).toEqual(["other.py", "strings.py"]);
  expect(readdirSync(join(cache, tree)).sort()).toEqual([String(OWNER), `${OWNER}.json`]);
});

test.each([
  ["a day old", -90_000_000],
  ["of a time that has not come", 1_000_000],
])("the content is held against the tree when the last look is %s", async (_, apartMs) => {
  const folder = await useOnce();
  writeFileSync(join(folder, "README.md"), "# Planted\n");
  const listing = await listingOf({ folder, mark: "" });
  const marked = (contentCheckedAt: number): void =>
    writeFileSync(markFile(), JSON.stringify({ format: 1, listing, contentCheckedAt }));
  marked(Date.now() + apartMs);
  await useOnce();
  expect(readFileSync(join(folder, "README.md"), "utf8")).toBe("# Sample\n");
});

test("a content that was looked at and is right is not looked at again that day", async () => {
  const folder = await useOnce();
  const before = inodeOf(folder);
  const mark = JSON.parse(readFileSync(markFile(), "utf8")) as object;
  writeFileSync(markFile(), JSON.stringify({ ...mark, contentCheckedAt: Date.now() - 90_000_000 }));
  await useOnce();
  expect(inodeOf(folder)).toBe(before);
  expect(JSON.parse(readFileSync(markFile(), "utf8"))).toMatchObject({
    contentCheckedAt: expect.toSatisfy((at: number) => Date.now() - at < 60_000),
  });
});

test("a changed checkout on which a stage stands is nobody's until that stage is gone", async () => {
  const folder = await enter("standing");
  writeFileSync(join(folder, "src/strings.py"), "PLANTED = 1\n");
  await expect(enter("next")).rejects.toMatchObject({ code: "target/checkout-changed" });
  await leaveShared(cache, "standing");
  expect(readFileSync(join(await enter("next"), "src/strings.py"), "utf8")).toContain("slugify");
});

test("a process that is gone stands on nothing", async () => {
  const folder = await enter("standing");
  writeFileSync(join(cache, "leases", `${tree}.${OWNER}.standing`), `${2 ** 30} 1\n`);
  writeFileSync(join(folder, "README.md"), "planted");
  await enter("next");
  expect(readdirSync(join(cache, "leases"))).toEqual([`${tree}.${OWNER}.next`]);
});

test("of several that come at once one lays, and all get the same", async () => {
  const folders = await Promise.all(["a", "b", "c", "d"].map((holder) => enter(holder)));
  expect(new Set(folders).size).toBe(1);
  expect(readdirSync(join(cache, "leases")).length).toBe(4);
});

test("a tree that cannot be laid leaves nothing that could be used", async () => {
  const gone = oid("1".repeat(40));
  await expect(enter("one", gone)).rejects.toMatchObject({ code: "target/git-failed" });
  expect(existsSync(join(cache, gone, String(OWNER)))).toBe(false);
  expect(existsSync(join(cache, gone, `${OWNER}.json`))).toBe(false);
});

/** A checkout of a tree that nobody has, as it would lie there after `days` without use. */
const old = (name: string, days: number): string => {
  const folder = join(cache, name.padEnd(40, "0"));
  mkdirSync(join(folder, String(OWNER)), { recursive: true });
  writeFileSync(join(folder, `${OWNER}.json`), "{}");
  const at = (Date.now() - days * 86_400_000) / 1000;
  utimesSync(join(folder, `${OWNER}.json`), at, at);
  return folder;
};

test("a new checkout removes those that nobody used for a month, and never one in use", async () => {
  const [recent, unused, held] = [old("a", 29), old("b", 31), old("c", 300)];
  mkdirSync(join(cache, "leases"));
  const me = readFileSync("/proc/self/stat", "utf8").split(" ");
  writeFileSync(join(cache, "leases", `${"c".padEnd(40, "0")}.${OWNER}.x`), `${process.pid} ${me[21]}\n`);
  await useOnce();
  expect([recent, unused, held].map((folder) => existsSync(folder))).toEqual([true, false, true]);
});

test("only ten trees stay, those used last", async () => {
  const trees = Array.from({ length: 12 }, (_, days) => old(days.toString(16), days));
  await useOnce();
  expect(trees.map((folder) => existsSync(folder))).toEqual(trees.map((_, days) => days < 9));
});
