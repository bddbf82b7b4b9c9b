import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, expect, test } from "vitest";

import { RUN } from "../../../test/fixtures/governed.ts";
import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { folderArchive } from "./folder-archive.ts";

let runs: string;
let archive: ReturnType<typeof folderArchive>;
beforeEach(() => {
  runs = realpathSync(mkdtempSync(path.join(tmpdir(), "cto-archive-")));
  archive = folderArchive(runs);
});
afterEach(() => {
  execFileSync("chmod", ["-R", "u+w", runs]);
  rmSync(runs, { recursive: true, force: true });
});

const partials = (): readonly string[] => readdirSync(runs).filter((name) => name.startsWith(`.partial-${RUN}.`));
const partial = (): string => path.join(runs, partials()[0] ?? "there is none");
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const filled = async (): Promise<void> => {
  await archive.begin(RUN);
  await archive.put(RUN, "SHA256SUMS", utf8("sums\n"));
  await archive.put(RUN, "backend/attempt-1/frames.jsonl", utf8("{}\n"));
  await archive.put(RUN, "approval/approval.jp.json", utf8("{}"));
};

test("a sealed folder holds exactly what was put, read-only, under the run's own name (R116)", async () => {
  await filled();
  expect(await archive.isSealed(RUN)).toBe(false);
  expect(await archive.seal(RUN)).toBe(digestOf("sums\n"));
  expect(await archive.isSealed(RUN)).toBe(true);
  expect(readdirSync(runs)).toEqual([RUN]);
  expect(statSync(path.join(archive.folder(RUN), "SHA256SUMS")).mode & 0o777).toBe(0o444);
  expect(statSync(path.join(archive.folder(RUN), "backend")).mode & 0o777).toBe(0o555);
  const bundle = await archive.open({ run: RUN });
  if (bundle === "absent") throw new Error("it was sealed");
  expect([...bundle.files.keys()].sort()).toEqual([
    "SHA256SUMS",
    "approval/approval.jp.json",
    "backend/attempt-1/frames.jsonl",
  ]);
  expect(bundle.odd).toEqual([]);
});

test("sealing again changes nothing and answers the same digest", async () => {
  await filled();
  const digest = await archive.seal(RUN);
  expect(await archive.seal(RUN)).toBe(digest);
});

test("a seal that broke begins again with an empty folder, read-only parts included (R133)", async () => {
  await filled();
  chmodSync(path.join(partial(), "backend", "attempt-1"), 0o555);
  chmodSync(path.join(partial(), "backend"), 0o555);
  chmodSync(partial(), 0o555);
  await archive.begin(RUN);
  expect(readdirSync(partial())).toEqual([]);
});

test("whoever slept while another one began again or sealed writes nothing, and takes nothing away", async () => {
  await filled();
  const other = folderArchive(runs);
  await other.begin(RUN);
  await expect(archive.put(RUN, "late", utf8("x"))).rejects.toMatchObject({ code: "evidence/unsealable" });
  await expect(archive.put(RUN, "a/later", utf8("x"))).rejects.toMatchObject({ code: "evidence/unsealable" });
  await expect(archive.seal(RUN)).rejects.toMatchObject({ code: "evidence/unsealable" });
  expect(partials()).toHaveLength(1);
  expect(readdirSync(partial())).toEqual([]);
  await other.put(RUN, "SHA256SUMS", utf8("sums\n"));
  const sealed = await other.seal(RUN);
  await expect(archive.put(RUN, "late", utf8("x"))).rejects.toMatchObject({ code: "evidence/unsealable" });
  expect(await archive.seal(RUN)).toBe(sealed);
  expect(readdirSync(runs)).toEqual([RUN]);
});

test("a sealed bundle is never begun again", async () => {
  await filled();
  await archive.seal(RUN);
  await expect(archive.begin(RUN)).rejects.toThrow(Failure);
});

test("a name is put once", async () => {
  await filled();
  await expect(archive.put(RUN, "SHA256SUMS", utf8("other"))).rejects.toMatchObject({ code: "evidence/unsealable" });
});

test.each(["../x", "/etc/x", "a/../../x", "", ".", "a//b", "a\\b", "a\0b", "a/."])(
  "%j is no name of a bundle",
  async (name) => {
    await archive.begin(RUN);
    await expect(archive.put(RUN, name, utf8("x"))).rejects.toThrow(TypeError);
  },
);

test("what is not sealed is absent as a run, and odd as a folder, except for the one who seals it", async () => {
  await filled();
  expect(await archive.open({ run: RUN })).toBe("absent");
  expect(await archive.open({ folder: partial() })).toMatchObject({ odd: [partials()[0]] });
  expect(await archive.open({ unsealed: RUN })).toMatchObject({ odd: [] });
  expect(await archive.open({ folder: path.join(runs, "nothing") })).toBe("absent");
});

const stranger = (): string => {
  const folder = path.join(runs, "stranger");
  mkdirSync(path.join(folder, "repo"), { recursive: true });
  writeFileSync(path.join(folder, "report.json"), "{}");
  writeFileSync(path.join(folder, "repo", "base.pack"), "PACK");
  return folder;
};

test.each([
  ["a symbolic link to a file", (folder: string) => symlinkSync("/etc/passwd", path.join(folder, "odd"))],
  ["a symbolic link to a folder", (folder: string) => symlinkSync("/etc", path.join(folder, "odd"))],
  ["a link to nothing", (folder: string) => symlinkSync("nothing", path.join(folder, "odd"))],
  ["a link around", (folder: string) => symlinkSync(".", path.join(folder, "odd"))],
  ["a hard link", (folder: string) => linkSync(path.join(folder, "..", "outside"), path.join(folder, "odd"))],
  ["a named pipe", (folder: string) => void execFileSync("/usr/bin/mkfifo", [path.join(folder, "odd")])],
  ["an empty folder", (folder: string) => mkdirSync(path.join(folder, "odd"))],
])("%s in a folder is listed and never followed", async (_, plant) => {
  writeFileSync(path.join(runs, "outside"), "secret");
  const folder = stranger();
  plant(folder);
  const bundle = await archive.open({ folder });
  if (bundle === "absent") throw new Error("it is there");
  expect(bundle.odd.map(String).map((name) => name.replace(/\/$/, ""))).toEqual(["odd"]);
  expect([...bundle.files.keys()].sort()).toEqual(["repo/base.pack", "report.json"]);
});

test("a name that is no UTF-8 is listed", async () => {
  const folder = stranger();
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/f`), Buffer.of(0xff)]), "x");
  expect(await archive.open({ folder })).toMatchObject({ odd: ["f\uFFFD"] });
});

test("folders without end are not walked", async () => {
  const folder = stranger();
  mkdirSync(path.join(folder, ...Array.from({ length: 40 }, () => "d")), { recursive: true });
  const bundle = await archive.open({ folder });
  expect(bundle === "absent" ? [] : bundle.odd).toEqual([`${Array.from({ length: 9 }, () => "d").join("/")}/`]);
});

test("a folder that cannot be read is a Failure, not an empty bundle", async () => {
  await expect(folderArchive("/dev/null/x").open({ folder: "/dev/null/x" })).rejects.toMatchObject({
    code: "home/unreadable",
  });
});

test("an addendum lies beside the bundle, may be given again and never be another (R119)", async () => {
  await filled();
  await archive.seal(RUN);
  await archive.attach(RUN, "outcome.json", utf8("accepted"));
  await archive.attach(RUN, "outcome.json", utf8("accepted"));
  await expect(archive.attach(RUN, "outcome.json", utf8("rejected"))).rejects.toMatchObject({
    code: "evidence/unsealable",
  });
  expect(readdirSync(path.join(runs, `${RUN}.addenda`))).toEqual(["outcome.json"]);
  expect(await archive.open({ run: RUN })).toMatchObject({ odd: [] });
});

test("R119 whoever lays down the same addendum at one moment has it there, and of two others only one stays", async () => {
  await filled();
  await archive.seal(RUN);
  const lay = async (name: string, text: string): Promise<unknown> =>
    archive.attach(RUN, name, utf8(text)).then(
      () => "there",
      (error: unknown) => Object(error).code,
    );
  expect(await Promise.all(Array.from({ length: 20 }, () => lay("outcome.json", "accepted")))).toEqual(
    Array.from({ length: 20 }, () => "there"),
  );
  const others = await Promise.all(["accepted", "rejected"].map((text) => lay("outcome.json.sig", text)));
  expect(others.filter((one) => one === "there")).toHaveLength(1);
  expect(readdirSync(path.join(runs, `${RUN}.addenda`)).toSorted()).toEqual(["outcome.json", "outcome.json.sig"]);
});

test("half an addendum that a crash left is written again", async () => {
  mkdirSync(path.join(runs, `${RUN}.addenda`));
  writeFileSync(path.join(runs, `${RUN}.addenda`, "outcome.json.unfinished"), "acc");
  await archive.attach(RUN, "outcome.json", utf8("accepted"));
  expect(readdirSync(path.join(runs, `${RUN}.addenda`))).toEqual(["outcome.json"]);
});

test("a file that is too large to hold is known by its size and digest, and read no further than it goes", async () => {
  const folder = stranger();
  const size = LIMITS.bundleHeldFileBytesMax + 1;
  truncateSync(path.join(folder, "report.json"), size);
  const bundle = await archive.open({ folder });
  if (bundle === "absent") throw new Error("it is there");
  expect([...bundle.files.keys()]).toEqual(["repo/base.pack"]);
  const sha256 = createHash("sha256")
    .update("{}")
    .update(new Uint8Array(size - 2))
    .digest();
  expect(bundle.digested.get("report.json")).toEqual({ size, sha256 });
});
