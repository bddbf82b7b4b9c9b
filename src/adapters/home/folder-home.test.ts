import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import type { DocumentKind } from "../../seams/home.ts";
import { digestOf } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { findHome, folderHome } from "./folder-home.ts";

const PROTOCOLS = ".sot/03-PROTOCOLS";
const PACKET = `${PROTOCOLS}/CTO-FIRST-APPROVAL-PACKET.md`;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(path.join(tmpdir(), "cto-home-")));
  await mkdir(path.join(folder, PROTOCOLS), { recursive: true });
  await mkdir(path.join(folder, ".sot/authority"), { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

const put = (name: string, text: string = name): Promise<void> => writeFile(path.join(folder, name), text);

test("R008 the home is the nearest folder upwards that holds .sot", async () => {
  await mkdir(path.join(folder, "a/b/.sot"), { recursive: true });
  await mkdir(path.join(folder, "a/c/d"), { recursive: true });
  expect(await findHome(path.join(folder, "a/b"))).toBe(path.join(folder, "a/b"));
  expect(await findHome(path.join(folder, "a/c/d"))).toBe(folder);
  await symlink(path.join(folder, "a/c"), path.join(folder, "a/b/link"));
  expect(await findHome(path.join(folder, "a/b/link/d"))).toBe(folder);
  expect(await findHome("/")).toBeUndefined();
});

test("R008 R009 documents are found by the form of their names, in order, and nothing else is", async () => {
  const names = {
    packet: ["CTO-A-APPROVAL-PACKET.md", "CTO-FIRST-REAL-2-APPROVAL-PACKET.md"],
    issues: ["CTO-WORK-ISSUES.md"],
    admission: ["CTO-CASE-STAGE5-TARGET-REPOSITORY-ADMISSION.json"],
    checks: ["CTO-A-CHECKS.yaml"],
  } as const;
  for (const name of Object.values(names).flat()) await put(`${PROTOCOLS}/${name}`);
  const others = [
    "cto-a-APPROVAL-PACKET.md",
    "A-APPROVAL-PACKET.md",
    "CTO-A_B-APPROVAL-PACKET.md",
    "CTO-A-APPROVAL-PACKET.md~",
  ];
  for (const name of [...others, "CTO--APPROVAL-PACKET.md", "CTO-APPROVAL-PACKET.md", "CTO-A-ADMISSION.json.sig"])
    await put(`${PROTOCOLS}/${name}`);
  await mkdir(path.join(folder, PROTOCOLS, "CTO-DIR-APPROVAL-PACKET.md"));
  for (const name of ["policy.yaml", "allowed_signers", ".policy.yaml.swp"]) await put(`.sot/authority/${name}`);

  const home = folderHome(folder);
  const listed = async (kind: DocumentKind): Promise<readonly string[]> =>
    (await home.list(kind)).map((document) => path.basename(document.path));
  for (const kind of ["packet", "issues", "admission", "checks"] as const)
    expect(await listed(kind)).toEqual(names[kind]);
  expect(await listed("authority")).toEqual(["allowed_signers", "policy.yaml"]);
  const [first] = await home.list("packet");
  const read = `${PROTOCOLS}/CTO-A-APPROVAL-PACKET.md`;
  expect(first).toEqual({ path: read, bytes: bytes(read), digest: digestOf(read) });
});

test("a home without governance folders lists nothing", async () => {
  await rm(path.join(folder, ".sot"), { recursive: true });
  expect(await folderHome(folder).list("packet")).toEqual([]);
  expect(await folderHome(folder).read(PACKET)).toBe("absent");
  expect(await folderHome(folder).guard(".sot/authority/policy.yaml")).toBe("absent");
});

const hostile: readonly (readonly [string, () => Promise<unknown>])[] = [
  [
    "a link to a document",
    async () => {
      await put("other.md");
      await symlink("../../other.md", path.join(folder, PACKET));
    },
  ],
  ["a link to nothing", () => symlink("nothing", path.join(folder, PACKET))],
  ["a named pipe", async () => execFileSync("mkfifo", [path.join(folder, PACKET)])],
  ["a file over its bound", () => writeFile(path.join(folder, PACKET), new Uint8Array(LIMITS.homeFileBytesMax + 1))],
  [
    "a linked folder on the way",
    async () => {
      await rm(path.join(folder, PROTOCOLS), { recursive: true });
      await mkdir(path.join(folder, "elsewhere"));
      await put("elsewhere/CTO-FIRST-APPROVAL-PACKET.md");
      await symlink("../elsewhere", path.join(folder, PROTOCOLS));
    },
  ],
  [
    "a linked .sot",
    async () => {
      await put(PACKET);
      await mkdir(path.join(folder, "x"));
      execFileSync("mv", [path.join(folder, ".sot"), path.join(folder, "x/sot")]);
      await symlink("x/sot", path.join(folder, ".sot"));
    },
  ],
];

test.each(hostile)("R014 %s is not read, not listed and not written over", async (_, make) => {
  await make();
  const home = folderHome(folder);
  await expect(home.read(PACKET)).rejects.toMatchObject({ code: "home/unreadable" });
  await expect(home.list("packet")).rejects.toMatchObject({ code: "home/unreadable" });
  await expect(home.write(PACKET, bytes("new"), digestOf("old"))).rejects.toMatchObject({ code: "home/unreadable" });
});

test.each(["", "/etc/passwd", "../x", ".sot/../../x", ".sot//x", "./x", ".sot/", ".sot/\0x"])(
  "%j is no path of a document",
  async (name) => {
    await expect(folderHome(folder).read(name)).rejects.toMatchObject({ code: "home/unreadable" });
  },
);

test("R014 a packet over its own bound is still read, so that its reader can refuse it by name", async () => {
  await writeFile(path.join(folder, PACKET), new Uint8Array(LIMITS.packetBytesMax + 1));
  expect(await folderHome(folder).read(PACKET)).toMatchObject({ path: PACKET });
});

test("a document is written over exactly what was read, or not at all", async () => {
  const home = folderHome(folder);
  const old = await home.write(PACKET, bytes("one"), "absent");
  expect(old).toEqual({ path: PACKET, bytes: bytes("one"), digest: digestOf("one") });
  await expect(home.write(PACKET, bytes("two"), "absent")).rejects.toMatchObject({ code: "home/changed-meanwhile" });
  await put(PACKET, "by an editor");
  await expect(home.write(PACKET, bytes("two"), old.digest)).rejects.toMatchObject({ code: "home/changed-meanwhile" });
  expect(await readFile(path.join(folder, PACKET), "utf8")).toBe("by an editor");
  await chmod(path.join(folder, PACKET), 0o640);
  await home.write(PACKET, bytes("three"), digestOf("by an editor"));
  expect(await readFile(path.join(folder, PACKET), "utf8")).toBe("three");
  expect((await stat(path.join(folder, PACKET))).mode & 0o777).toBe(0o640);
  await rm(path.join(folder, PACKET));
  await expect(home.write(PACKET, bytes("four"), digestOf("three"))).rejects.toMatchObject({
    code: "home/changed-meanwhile",
  });
  expect(await readdir(path.join(folder, PROTOCOLS))).toEqual([]);
});

test("of many writers over the same document one succeeds when it is new", async () => {
  const home = folderHome(folder);
  const all = await Promise.allSettled(
    Array.from({ length: 20 }, (_, at) => home.write(PACKET, bytes(`${at}`), "absent")),
  );
  expect(all.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("what lies under .cto is the owner's alone", async () => {
  await folderHome(folder).write(".cto/approvals/ap-1.json", bytes("{}"), "absent");
  expect((await stat(path.join(folder, ".cto/approvals"))).mode & 0o777).toBe(0o700);
  expect((await stat(path.join(folder, ".cto/approvals/ap-1.json"))).mode & 0o777).toBe(0o600);
});

test.each<readonly [string, number, string, string]>([
  ["a plain file", 0o644, ".sot/authority/policy.yaml", "plain"],
  ["a file the group may write", 0o664, ".sot/authority/policy.yaml", "group-or-world-writable"],
  ["a file all may write", 0o646, ".sot/authority/policy.yaml", "group-or-world-writable"],
  ["a folder all may write", 0o777, ".sot/authority", "group-or-world-writable"],
  ["the .sot that the group may write", 0o775, ".sot", "group-or-world-writable"],
])("%s is guarded as that", async (_, mode, name, guarded) => {
  await put(".sot/authority/policy.yaml");
  await chmod(path.join(folder, ".sot/authority/policy.yaml"), 0o644);
  for (const each of [".sot", ".sot/authority"]) await chmod(path.join(folder, each), 0o755);
  await chmod(path.join(folder, name), mode);
  expect(await folderHome(folder).guard(".sot/authority/policy.yaml")).toBe(guarded);
  expect(await folderHome(folder).guard(".sot/authority/absent")).toBe("absent");
});
