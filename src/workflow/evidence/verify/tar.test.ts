import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, expect, test } from "vitest";

import { failures, sampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { tarOf, tarOfFiles, type TarEntry } from "../../../../test/fixtures/tar.ts";
import { LIMITS } from "../../limits.ts";
import type { BundleContent } from "./reading.ts";
import { readTar } from "./tar.ts";

const bundle = sampleBundle();
const folder = mkdtempSync(path.join(tmpdir(), "cto-tar-"));
afterAll(() => {
  bundle.world.remove();
  rmSync(folder, { recursive: true, force: true });
});

const RUN = "R-049-01";
for (const [name, bytes] of bundle.sealed()) {
  const file = path.join(folder, RUN, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
const LONG = `backend/attempt-1/${"x".repeat(99)}`;
const tarBy = (...args: readonly string[]): Uint8Array =>
  execFileSync("tar", ["-c", "-f", "-", "-C", folder, ...args], { maxBuffer: 2 ** 28 });

const inHex = (files: BundleContent): readonly string[] =>
  [...files]
    .map(([name, bytes]) => `${name} ${bytes instanceof Uint8Array ? Buffer.from(bytes).toString("hex") : "digested"}`)
    .sort();

/** In pieces of odd sizes, of which each is overwritten as soon as the next is asked for. */
function* pieces(bytes: Uint8Array): Generator<Uint8Array> {
  const piece = new Uint8Array(700);
  for (let at = 0; at < bytes.length; at += 700) {
    const part = bytes.subarray(at, at + 700);
    piece.set(part);
    yield piece.subarray(0, part.length);
  }
}

test.each([
  ["GNU tar with the folder", tarBy("--format=gnu", RUN)],
  ["GNU tar from within", tarBy("--format=gnu", "-C", RUN, ".")],
  ["ustar", tarBy("--format=ustar", RUN)],
  ["pax", tarBy("--format=posix", RUN)],
  ["ours, flat", tarOfFiles(bundle.sealed())],
])("a bundle in a tar by %s is the folder, byte for byte, and passes", async (_, tar) => {
  const read = await readTar(pieces(tar));
  expect(read.odd).toEqual([]);
  expect(inHex(read.files)).toEqual(inHex(bundle.sealed()));
  expect((await bundle.verify(read.files, read.odd)).verdict).toBe("PASS");
});

test.each(["gnu", "posix"])("a name of more than a hundred bytes is read as %s tar writes it", async (format) => {
  const other = path.join(folder, format, LONG);
  mkdirSync(path.dirname(other), { recursive: true });
  writeFileSync(other, "x");
  const { files, odd } = await readTar([tarBy(`--format=${format}`, "-C", format, ".")]);
  expect(odd).toEqual([]);
  expect([...files.keys()]).toEqual([LONG]);
});

const plain = (name: string, content = "x"): TarEntry => ({ name, content });
const pax = (text: string, more: Partial<TarEntry> = {}): TarEntry => ({
  name: "PaxHeader",
  type: "x",
  content: text,
  ...more,
});

const HOSTILE: readonly (readonly [string, Uint8Array, string, string])[] = [
  ["an absolute name", tarOf([plain("/etc/passwd")]), "/etc/passwd", "no plain relative name"],
  ["a name that climbs", tarOf([plain("backend/../../x")]), "backend/../../x", "no plain relative name"],
  ["a name with a backslash", tarOf([plain("a\\b")]), "a\\b", "no plain relative name"],
  ["an empty part in a name", tarOf([plain("a//b")]), "a//b", "no plain relative name"],
  ["a prefix that climbs", tarOf([{ ...plain("x"), prefix: ".." }]), "../x", "no plain relative name"],
  [
    "a long name that climbs",
    tarOf([pax("14 path=../x\n".replace("14", "13")), plain("y")]),
    "../x",
    "no plain relative",
  ],
  ["a symbolic link", tarOf([{ name: "l", type: "2", link: "/etc" }]), "l", "symbolic link"],
  ["a hard link", tarOf([plain("a"), { name: "l", type: "1", link: "a" }]), "l", "hard link"],
  ["a character device", tarOf([{ name: "d", type: "3" }]), "d", "device"],
  ["a block device", tarOf([{ name: "d", type: "4" }]), "d", "device"],
  ["a pipe", tarOf([{ name: "p", type: "6" }]), "p", "pipe"],
  ["a sparse file", tarOf([{ name: "s", type: "S" }]), "s", "sparse"],
  ["a sparse file of pax", tarOf([pax("22 GNU.sparse.major=1\n"), plain("s")]), "PaxHeader", "not understood"],
  ["a size told otherwise by pax", tarOf([pax("9 size=9\n"), plain("s")]), "PaxHeader", "not understood"],
  [
    "a header for all entries",
    tarOf([{ name: "g", type: "g", content: "9 path=x\n" }, plain("s")]),
    "g",
    "all entries",
  ],
  ["an unknown type", tarOf([{ name: "v", type: "V" }]), "v", "unknown type"],
  ["an entry twice", tarOf([plain("a"), plain("a")]), "a", "twice"],
  ["an entry twice by another spelling", tarOf([plain("a"), plain("./a")]), "./a", "twice"],
  ["an empty folder", tarOf([{ name: "e/", type: "5" }, plain("a")]), "e/", "empty folder"],
  ["a folder with content", tarOf([{ name: "e/", type: "5", content: "x" }]), "e/", "folder with content"],
  ["a wrong checksum", tarOf([plain("a"), { ...plain("b"), checksum: 1 }]), "a", "wrong checksum"],
  ["an unknown form", tarOf([{ ...plain("a"), magic: "V7\0\0\0\0\0\0" }]), "the archive", "no known form"],
  ["a name that is no UTF-8", tarOf([{ ...plain("a"), name: Uint8Array.of(0xff) }]), "the archive", "no UTF-8"],
  ["bytes behind the name", tarOf([{ ...plain("a"), name: "a\0b" }]), "the archive", "no UTF-8"],
  ["a size that no octal number is", tarOf([{ ...plain("a"), size: -1 }]), "the archive", "no readable size"],
  ["a content that is cut", tarOf([plain("a", "y".repeat(600))]).subarray(0, 900), "a", "cut short"],
  ["bytes hidden behind a content", tarOf([plain("a")]).with(600, 1), "a", "cut short"],
  ["no end", tarOf([plain("a")], new Uint8Array()), "a", "no end"],
  ["half an end", tarOf([plain("a")], new Uint8Array(512)), "a", "behind the end"],
  ["bytes behind the end", tarOf([plain("a")], new Uint8Array(2048).with(1600, 1)), "a", "behind the end"],
  ["a second archive behind it", Buffer.concat([tarOf([plain("a")]), tarOf([plain("b")])]), "a", "behind the end"],
  ["a long name for nothing", tarOf([pax("9 path=b\n")]), "b", "named and not there"],
  ["a folder that was never sealed", tarOf([plain(".partial-R-049-01/a")]), ".partial-R-049-01/", "never sealed"],
  ["nothing at all", new Uint8Array(), "the archive", "no end"],
];

test.each(HOSTILE)("a tar with %s fails, and the entry is named (R117)", async (_, tar, name, why) => {
  const { files, odd } = await readTar(pieces(tar));
  const told = odd.map((entry) => (typeof entry === "string" ? entry : `${entry.name}: ${entry.why}`));
  expect(told.join("\n")).toContain(`${name}: `);
  expect(told.join("\n")).toContain(why);
  const verdict = await bundle.verify(new Map([...bundle.sealed(), ...files]), odd);
  expect(failures(verdict).some((row) => row.startsWith(`files ${name}: `))).toBe(true);
});

test.each([
  ["in case only", "Report.json"],
  ["in its Unicode form only", "re\u0301port.json"],
])("two names that differ %s are one name elsewhere, and fail", async (_, twin) => {
  const name = twin.normalize("NFC") === twin ? "report.json" : "r\u00e9port.json";
  const { files, odd } = await readTar([tarOf([plain(name), plain(twin)])]);
  const verdict = await bundle.verify(new Map([...bundle.sealed(), ...files]), odd);
  expect(failures(verdict).join("\n")).toContain("is the same name as another in some file systems");
});

test("an archive of too many entries, or of too many bytes, is not read to its end", async () => {
  const many = Array.from({ length: LIMITS.bundleFilesMax + 5 }, (_, at) => ({ name: `f${at}` }));
  const { odd } = await readTar([tarOf(many)]);
  expect(odd).toEqual([{ name: `f${LIMITS.bundleFilesMax}`, why: "the archive has more than 20000 entries" }]);
  let asked = 0;
  function* endless(): Generator<Uint8Array> {
    yield tarOf([{ name: "huge", size: 2 ** 32 }], new Uint8Array());
    for (; asked < 100; asked += 1) yield new Uint8Array(512);
  }
  expect((await readTar(endless())).odd).toEqual([{ name: "huge", why: "the archive has more than 2147483648 bytes" }]);
  expect(asked).toBe(0);
});

test("every bit of a tar counts: whatever is flipped, it never passes", async () => {
  const tar = tarOfFiles(bundle.sealed());
  const unseen: number[] = [];
  for (let at = 0; at < tar.length; at += 997) {
    const read = await readTar([tar.with(at, (tar[at] ?? 0) ^ 4)]);
    if ((await bundle.verify(read.files, read.odd)).verdict === "PASS") unseen.push(at);
  }
  expect(unseen).toEqual([]);
});

test("a file that its taker only digests is known by that digest", async () => {
  const sha256 = new Uint8Array(32);
  const { files } = await readTar([tarOf([plain("a")])], (size) => ({
    take: () => undefined,
    done: () => ({ size, sha256 }),
  }));
  expect(files.get("a")).toEqual({ size: 1, sha256 });
});
