import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

import { execa } from "execa";
import { interceptLocalhostDns } from "fauxqs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";

import { openBucket, type Fate, type TestBucket } from "../../../test/fakes/bucket.ts";
import { RUN } from "../../../test/fixtures/governed.ts";
import type { Archive, Bucket } from "../../seams/archive.ts";
import { digestOf, type Digest } from "../../workflow/digest.ts";
import type { FailureCode } from "../../workflow/failure.ts";
import { runId, workId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { s3ObjectStore, type Patience } from "./object-store.ts";
import { s3Archive } from "./s3-archive.ts";

let bucket: TestBucket;
let runs: string;
let elsewhere: string;
let recorded: Digest | undefined;
beforeAll(async () => {
  bucket = await openBucket();
});
afterAll(() => bucket.close());
beforeEach(() => {
  runs = realpathSync(mkdtempSync(path.join(tmpdir(), "cto-archive-")));
  elsewhere = realpathSync(mkdtempSync(path.join(tmpdir(), "cto-archive-")));
  recorded = digestOf(SUMS);
  bucket.fate = () => "passes";
});
afterEach(async () => {
  for (const key of await bucket.keys()) await bucket.remove(key);
  for (const folder of [runs, elsewhere]) {
    execFileSync("chmod", ["-R", "u+w", folder]);
    rmSync(folder, { recursive: true, force: true });
  }
});

const LARGE = Buffer.alloc(LIMITS.archiveObjectBytesMin + 3, "large ");
const SUMS = `${digestOf(LARGE)}  backend/attempt-1/frames.jsonl\n`;
const HASTE = { answerMs: 150, objectMs: 700 };
const archiveIn = (folder: string, patience: Patience = { answerMs: 10_000, objectMs: 20_000 }): Archive =>
  s3Archive({ runs: folder, store: bucket.store(patience), recorded: () => Promise.resolve(recorded) });
const bucketIn = (folder: string, patience?: Patience): Bucket => {
  const found = archiveIn(folder, patience).bucket;
  if (found === "none") throw new Error("it has one");
  return found;
};
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

const FILES: Readonly<Record<string, Uint8Array>> = {
  SHA256SUMS: utf8(SUMS),
  "approval/packet.md": utf8("# a packet\n"),
  "backend/attempt-1/frames.jsonl": LARGE,
  "test.log": utf8(""),
};

const sealed = async (folder = runs, files = FILES): Promise<void> => {
  const archive = archiveIn(folder);
  await archive.begin(RUN);
  for (const [name, bytes] of Object.entries(files)) await archive.put(RUN, name, bytes);
  await archive.seal(RUN);
};

const packKey = async (): Promise<string> => {
  const large = `sha256/${digestOf(LARGE).slice(0, 2)}/${digestOf(LARGE)}`;
  const keys = (await bucket.keys()).filter((key) => key.startsWith("sha256/") && key !== large);
  expect(keys).toHaveLength(1);
  return keys[0] ?? "";
};
const largeKey = `sha256/${digestOf(LARGE).slice(0, 2)}/${digestOf(LARGE)}`;
const MANIFEST = `runs/${RUN}.json`;

test("a sealed bundle is pushed as one object for each large file, one pack, and the manifest last", async () => {
  await sealed();
  bucket.asked.length = 0;
  expect(await bucketIn(runs).push(RUN)).toMatchObject({ run: RUN, written: 3 });
  expect(await bucket.keys()).toEqual([MANIFEST, largeKey, await packKey()].toSorted());
  const puts = bucket.asked.filter((asked) => asked.startsWith("PUT "));
  expect(puts.at(-1)).toBe(`PUT homes/one/${MANIFEST}`);
  const tar = path.join(elsewhere, "pack.tar");
  writeFileSync(tar, await bucket.take(await packKey()));
  const listed = execFileSync("tar", ["--numeric-owner", "-tvf", tar], { encoding: "utf8" });
  expect(listed.split("\n").map((line) => line.split(/\s+/).at(-1))).toEqual([
    "SHA256SUMS",
    "approval/packet.md",
    "test.log",
    "",
  ]);
  expect(listed).toContain("0/0");
});

test("pushed again, also from another folder with the same bytes, nothing is written", async () => {
  await sealed();
  await bucketIn(runs).push(RUN);
  await sealed(elsewhere);
  bucket.asked.length = 0;
  expect(await bucketIn(elsewhere).push(RUN)).toEqual({ run: RUN, written: 0, bytes: 0 });
  expect(bucket.asked.filter((asked) => asked.startsWith("PUT"))).toEqual([]);
});

test("what is not sealed here is not pushed", async () => {
  expect(await bucketIn(runs).push(RUN)).toBe("absent");
  expect(await bucket.keys()).toEqual([]);
});

test("a folder that is not the one which the ledger saw sealed, or holds a link, is not pushed", async () => {
  await sealed();
  recorded = digestOf("other sums\n");
  await expect(bucketIn(runs).push(RUN)).rejects.toMatchObject({ code: "archive/altered" });
  recorded = digestOf(SUMS);
  const folder = path.join(runs, RUN);
  chmodSync(folder, 0o755);
  execFileSync("ln", ["-s", "/etc/passwd", path.join(folder, "link")]);
  await expect(bucketIn(runs).push(RUN)).rejects.toMatchObject({ code: "archive/altered" });
  expect(await bucket.keys()).toEqual([]);
});

test("another machine reads the bundle from the bucket: opened, peeked, listed, and without a folder", async () => {
  await sealed();
  await bucketIn(runs).push(RUN);
  const there = archiveIn(elsewhere);
  expect(await there.isSealed(RUN)).toBe(true);
  expect(await there.sealedRuns()).toEqual([RUN]);
  const bundle = await there.open({ run: RUN });
  if (bundle === "absent") throw new Error("it is in the bucket");
  expect(Object.fromEntries([...bundle.files].map(([name, bytes]) => [name, digestOf(bytes)]))).toEqual(
    Object.fromEntries(Object.entries(FILES).map(([name, bytes]) => [name, digestOf(bytes)])),
  );
  expect(bundle.odd).toEqual([]);
  expect(await there.peek(RUN, "bundle", "approval/packet.md", 100)).toEqual(FILES["approval/packet.md"]);
  expect(await there.peek(RUN, "bundle", "backend/attempt-1/frames.jsonl", 100)).toBe("absent");
  expect(await there.peek(RUN, "bundle", "../x", 100)).toBe("absent");
  expect(await there.peek(RUN, "addenda", "outcome.json", 100)).toBe("absent");
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(await there.fingerprint(RUN)).toBe(await there.fingerprint(RUN));
});

test("what another machine sealed and pushed is not sealed again", async () => {
  await sealed();
  await bucketIn(runs).push(RUN);
  expect(await archiveIn(elsewhere).seal(RUN)).toBe(digestOf(SUMS));
  expect(readdirSync(elsewhere)).toEqual([]);
});

test("an id that a bundle in the bucket has is never sealed for another run", async () => {
  await sealed();
  await bucketIn(runs).push(RUN);
  const other = runId(workId("CTO-WORK-049") ?? raise(), 77);
  expect(await archiveIn(elsewhere).isSealed(other)).toBe(false);
  expect(await archiveIn(elsewhere).open({ run: other })).toBe("absent");
});

const raise = (): never => {
  throw new Error("a work id");
};

const renamed = async (from: string, to: string): Promise<void> =>
  bucket.put(MANIFEST, utf8(new TextDecoder().decode(await bucket.take(MANIFEST)).replace(from, to)));

const flipped = (bytes: Uint8Array): Uint8Array =>
  bytes.map((byte, at) => (at === 600 % bytes.length ? byte ^ 1 : byte));

test.each([
  ["one bit of the pack", async () => bucket.put(await packKey(), flipped(await bucket.take(await packKey())))],
  ["one bit of a large object", () => bucket.put(largeKey, flipped(LARGE))],
  ["bytes behind a large object", () => bucket.put(largeKey, Buffer.concat([LARGE, utf8("x")]))],
  ["a pack without end", async () => bucket.put(await packKey(), new Uint8Array(3_000_000))],
  ["a large object in the pack's place", async () => bucket.put(await packKey(), LARGE)],
  ["one bit of the manifest", async () => bucket.put(MANIFEST, flipped(await bucket.take(MANIFEST)))],
  ["another name for a large file in the manifest", () => renamed("frames.jsonl", "framez.jsonl")],
  ["white space in the manifest", () => renamed("{", "{ ")],
  ["no JSON as manifest", () => bucket.put(MANIFEST, utf8("{"))],
  ["a manifest that is too long", () => bucket.put(MANIFEST, new Uint8Array(LIMITS.archiveManifestBytesMax + 1))],
  [
    "the manifest of another run",
    async () => {
      const text = new TextDecoder().decode(await bucket.take(MANIFEST));
      await bucket.put(MANIFEST, utf8(text.replaceAll(RUN, "R-999-01")));
    },
  ],
  [
    "another whole bundle under this run's name",
    async () => {
      recorded = undefined;
      const files = { ...FILES, SHA256SUMS: utf8(`${SUMS}another line\n`) };
      const other = realpathSync(mkdtempSync(path.join(elsewhere, "other-")));
      await sealed(other, files);
      await bucket.remove(MANIFEST);
      await bucketIn(other).push(RUN);
      recorded = digestOf(SUMS);
    },
  ],
])("%s is refused, on reading and on checking, and told by its name", async (_, alter) => {
  await sealed();
  await bucketIn(runs).push(RUN);
  const before = await archiveIn(elsewhere).fingerprint(RUN);
  await alter();
  await expect(archiveIn(elsewhere).open({ run: RUN })).rejects.toMatchObject({
    code: "archive/altered",
    message: expect.stringMatching(/homes\/one\/(?:sha256|runs)\//),
  });
  const checked = await bucketIn(elsewhere).check(RUN);
  expect(checked === "absent" ? [] : checked.wrong).not.toEqual([]);
  expect(
    await archiveIn(elsewhere)
      .fingerprint(RUN)
      .catch(() => "refused"),
  ).not.toBe(before);
});

test.each([
  ["the pack", packKey],
  ["a large object", () => Promise.resolve(largeKey)],
])("%s that is missing is refused, and pushed again from where the folder still is", async (_, key) => {
  await sealed();
  await bucketIn(runs).push(RUN);
  await bucket.remove(await key());
  await expect(archiveIn(elsewhere).open({ run: RUN })).rejects.toMatchObject({ code: "archive/missing" });
  expect(await bucketIn(elsewhere).check(RUN)).toMatchObject({ wrong: [expect.stringContaining("is not there")] });
  expect(await bucketIn(runs).push(RUN)).toMatchObject({ written: 1 });
  expect(await bucketIn(elsewhere).check(RUN)).toMatchObject({ files: 4, wrong: [] });
});

test("what lies in the bucket as something else is not written over by a push", async () => {
  await sealed();
  await bucket.put(largeKey, utf8("something else"));
  await expect(bucketIn(runs).push(RUN)).rejects.toMatchObject({ code: "archive/altered" });
  expect(await bucket.take(largeKey)).toEqual(utf8("something else"));
  expect(await bucket.keys()).not.toContain(MANIFEST);
});

test("a folder that is dropped is gone here, read-only parts included, and read from the bucket", async () => {
  await sealed();
  await bucketIn(runs).push(RUN);
  expect(await bucketIn(runs).dropFolder(RUN)).toBe(true);
  expect(await bucketIn(runs).dropFolder(RUN)).toBe(false);
  expect(existsSync(path.join(runs, RUN))).toBe(false);
  expect(readdirSync(runs)).toEqual([]);
  expect(await archiveIn(runs).open({ run: RUN })).toMatchObject({ odd: [] });
});

test("what a kill left of a folder that was being dropped is no bundle, and goes with the next one", async () => {
  mkdirSync(path.join(runs, ".leaving-R-049-09"));
  writeFileSync(path.join(runs, ".leaving-R-049-09", "SHA256SUMS"), "x");
  expect(await bucketIn(runs).here()).toEqual([]);
  await sealed();
  await bucketIn(runs).push(RUN);
  await bucketIn(runs).dropFolder(RUN);
  expect(readdirSync(runs)).toEqual([]);
});

test.each<readonly [string, FailureCode, Fate]>([
  ["an answer that never begins", "archive/unreachable", "waits"],
  ["an answer that never ends", "archive/unreachable", "trickles"],
  ["an answer that breaks off", "archive/unreachable", "breaks"],
  ["503 SlowDown for ever", "archive/unreachable", { status: 503, code: "SlowDown" }],
  ["500 InternalError for ever", "archive/unreachable", { status: 500, code: "InternalError" }],
  ["a time that is none", "archive/unreachable", { headers: { "last-modified": "yesterday" } }],
  ["403 InvalidAccessKeyId", "archive/refused", { status: 403, code: "InvalidAccessKeyId" }],
  ["a clock that is wrong", "archive/refused", { status: 403, code: "RequestTimeTooSkewed" }],
  ["no such bucket", "archive/refused", { status: 404, code: "NoSuchBucket" }],
  ["a bucket of another region", "archive/refused", { status: 301, code: "PermanentRedirect" }],
])(
  "%s ends in %s, reading, checking and pushing, within bounds and without a word of the bucket's",
  async (_, code, fate) => {
    await sealed();
    await bucketIn(runs).push(RUN);
    bucket.fate = () => fate;
    const began = performance.now();
    const words = { code, message: expect.not.stringMatching(/AKIA|tester|not-a-secret/) };
    await expect(archiveIn(elsewhere, HASTE).open({ run: RUN })).rejects.toMatchObject(words);
    await expect(bucketIn(elsewhere, HASTE).check(RUN)).rejects.toMatchObject(words);
    await expect(bucketIn(runs, HASTE).push(RUN)).rejects.toMatchObject(words);
    expect(performance.now() - began).toBeLessThan(20_000);
  },
);

test("nobody at the address is told as that, and the keys are asked for before anybody is", async () => {
  const closed = { ...bucket.service, endpoint: "http://127.0.0.1:9" };
  await expect(s3ObjectStore(closed, bucket.environment, HASTE).head("x")).rejects.toMatchObject({
    code: "archive/unreachable",
  });
  await expect(s3ObjectStore(closed, {}, HASTE).head("x")).rejects.toMatchObject({ code: "archive/key-absent" });
});

test("a push that 503 or a broken connection meets once goes on by itself", async () => {
  await sealed();
  for (const fate of [{ status: 503, code: "SlowDown" }, "breaks"] as const) {
    const met = new Set<string>();
    bucket.fate = ({ method, key }) => {
      if (met.has(`${method} ${key}`)) return "passes";
      met.add(`${method} ${key}`);
      return method === "GET" && fate === "breaks" ? "passes" : fate;
    };
    expect(await bucketIn(runs).push(RUN)).toMatchObject({ run: RUN });
  }
  bucket.fate = () => "passes";
  expect(await bucketIn(elsewhere).check(RUN)).toMatchObject({ wrong: [] });
});

test("a bucket that is asked for by its own host name gives and takes the same", async () => {
  // Not every machine has a name for what is below localhost.
  onTestFinished(interceptLocalhostDns("localhost"));
  const { port } = new URL(bucket.service.endpoint);
  const service = { ...bucket.service, endpoint: `http://localhost:${port}`, forcePathStyle: false };
  const store = s3ObjectStore(service, bucket.environment);
  const bytes = utf8("by host");
  const object = { size: bytes.length, sha256: digestOf(bytes), bytes: () => Readable.from([bytes]) };
  await store.put("runs/by-host", object);
  expect(await bucket.take("runs/by-host")).toEqual(bytes);
  expect(await store.list("runs/")).toEqual(["runs/by-host"]);
  expect(await store.head("runs/by-host")).toMatchObject({ size: bytes.length });
});

const PROGRAM = fileURLToPath(new URL("../../../test/fixtures/push-process.ts", import.meta.url));

/** Pushes in a process that is killed at its nth request, before or after it reached the server; false where it has fewer. */
const pushKilledAt = async (nth: number, when: "before" | "after"): Promise<boolean> => {
  const order = JSON.stringify({ runs, run: RUN, service: bucket.service });
  let seen = 0;
  const child = execa(process.execPath, [PROGRAM, order], { env: bucket.environment, reject: false, timeout: 60_000 });
  bucket.fate = () => {
    seen += 1;
    if (seen !== nth) return "passes";
    const kill = (): void => void child.kill("SIGKILL");
    if (when === "after") return { done: kill };
    kill();
    return "waits";
  };
  const { isTerminated } = await child;
  bucket.fate = () => "passes";
  return isTerminated;
};

test("E21 a push that is killed at each of its requests is gone on with, and no manifest is there before its objects", async () => {
  await sealed();
  let kills = 0;
  for (let nth = 1; ; nth += 1) {
    const isKilled = await pushKilledAt(nth, nth % 2 === 0 ? "before" : "after");
    const keys = await bucket.keys();
    if (keys.includes(MANIFEST)) expect(await bucketIn(elsewhere).check(RUN)).toMatchObject({ files: 4, wrong: [] });
    else await expect(archiveIn(elsewhere).open({ run: RUN })).resolves.toBe("absent");
    if (!isKilled) break;
    kills += 1;
    // The next one goes on from nothing again every third time, and from what is there else.
    if (nth % 3 === 0) for (const key of keys) await bucket.remove(key);
  }
  expect(kills).toBeGreaterThanOrEqual(4);
  expect(await bucketIn(runs).push(RUN)).toMatchObject({ written: 0 });
  expect(await archiveIn(elsewhere).open({ run: RUN })).toMatchObject({ odd: [] });
});
