import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

import { afterAll, expect, test } from "vitest";

import { failures, replaceIn, sampleBundle, textOf, utf8, type Edit } from "../../../../test/fixtures/sample-bundle.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { webVerifyTools } from "../../../verifier/web-tools.ts";
import { LIMITS } from "../../limits.ts";
import { readPack } from "./git-pack.ts";
import { patchedTree } from "./patch-apply.ts";
import { parsePatch, type FilePatch } from "./patch-parse.ts";
import { isForbidden, isPermitted } from "./path-rules.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const sha1 = (...parts: readonly (string | Uint8Array)[]): Buffer =>
  createHash("sha1")
    .update(Buffer.concat(parts.map((part) => Buffer.from(part))))
    .digest();
const idOf = (type: string, bytes: Uint8Array): Buffer => sha1(`${type} ${bytes.length}\0`, bytes);

interface Packed {
  readonly type: "tree" | "blob";
  readonly bytes: Uint8Array;
  readonly deflated?: Uint8Array;
}

/** A pack and its index, as git writes them. */
const packOf = (objects: readonly Packed[]): { readonly pack: Uint8Array; readonly index: Uint8Array } => {
  const uint = (...values: readonly number[]): Buffer => {
    const bytes = Buffer.alloc(4 * values.length);
    for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, 4 * at);
    return bytes;
  };
  const parts: Buffer[] = [Buffer.from("PACK"), uint(2, objects.length)];
  let offset = 12;
  const rows = objects.map(({ type, bytes, deflated = deflateSync(bytes) }) => {
    const head = [(type === "tree" ? 32 : 48) + (bytes.length % 16)];
    for (let size = Math.floor(bytes.length / 16); size > 0; size = Math.floor(size / 128)) {
      head.push((head.pop() ?? 0) + 128, size % 128);
    }
    const row = { id: idOf(type, bytes), offset };
    parts.push(Buffer.from(head), Buffer.from(deflated));
    offset += head.length + deflated.length;
    return row;
  });
  const trailer = sha1(...parts);
  const sorted = rows.toSorted((a, b) => Buffer.compare(a.id, b.id));
  const fanout = Array.from({ length: 256 }, (_, first) => sorted.filter(({ id }) => (id[0] ?? 0) <= first).length);
  const body = Buffer.concat([
    uint(0xff_74_4f_63, 2, ...fanout),
    ...sorted.map(({ id }) => id),
    Buffer.alloc(4 * sorted.length),
    uint(...sorted.map((row) => row.offset)),
    trailer,
  ]);
  return { pack: Buffer.concat([...parts, trailer]), index: Buffer.concat([body, sha1(body)]) };
};

test("bytes behind the end of a stream are refused by Node as by a browser", async () => {
  const stream = deflateSync(utf8("hello"));
  for (const [bytes, made] of [
    [stream, "hello"],
    [Buffer.concat([stream, utf8("hidden")]), undefined],
    [Buffer.concat([stream, stream]), undefined],
    [stream.subarray(0, -1), undefined],
  ] as const)
    for (const tools of [nodeVerifyTools, webVerifyTools]) {
      const read = await tools.inflate(new Uint8Array(bytes), 100);
      expect(read === undefined ? undefined : Buffer.from(read).toString()).toBe(made);
    }
});

test("of a pack only what the patch names is kept, and nothing is inflated beyond the bound of all together", async () => {
  const [asked, other] = [utf8("asked for\n"), utf8("put beside it\n")];
  const { pack, index } = packOf([
    { type: "blob", bytes: asked },
    { type: "blob", bytes: other },
  ]);
  const id = idOf("blob", asked).toString("hex");
  const read = await readPack(nodeVerifyTools, pack, index, new Set([id]));
  expect(read.ok ? [...read.objects.keys()] : read.says).toEqual([id]);

  const zeros = new Uint8Array(LIMITS.bundleInflatedBytesMax / 4);
  const big: Packed = { type: "blob", bytes: zeros, deflated: deflateSync(zeros, { level: 1 }) };
  const bomb = packOf([big, big, big, big, { type: "blob", bytes: other }]);
  let inflated = 0;
  const counted = {
    ...nodeVerifyTools,
    inflate: (bytes: Uint8Array, most: number) => ((inflated += most), nodeVerifyTools.inflate(bytes, most)),
  };
  expect(await readPack(counted, bomb.pack, bomb.index, new Set())).toEqual({
    ok: false,
    says: "its objects are larger than is read here",
  });
  expect(inflated).toBeLessThanOrEqual(LIMITS.bundleInflatedBytesMax + 4);
}, 60_000);

test("each tree is read once, though two thousand files of the patch lie in it", async () => {
  const names = Array.from({ length: 10_000 }, (_, at) => `f${String(at).padStart(5, "0")}`);
  const id = idOf("blob", utf8("x"));
  const tree = Buffer.concat(names.flatMap((name) => [Buffer.from(`100644 ${name}\0`), id]));
  const root = idOf("tree", tree).toString("hex");
  let reads = 0;
  type Kept = { readonly type: "tree"; readonly bytes: Uint8Array };
  class Counted extends Map<string, Kept> {
    override get(key: string): { readonly type: "tree"; readonly bytes: Uint8Array } | undefined {
      reads += key === root ? 1 : 0;
      return super.get(key);
    }
  }
  const NO = "0".repeat(40);
  const files = names.slice(0, 2_000).map((path): FilePatch => ({
    path,
    oldMode: "100644",
    newMode: "100755",
    oldBlob: NO,
    newBlob: NO,
    body: { kind: "none" },
  }));
  const objects = new Counted([[root, { type: "tree", bytes: tree }]]);
  expect(await patchedTree(nodeVerifyTools, objects, root, files)).not.toBe(root);
  expect(reads).toBe(1);
});

test("a blob of a million empty lines is walked, not taken apart, and named by a thousand files it is refused", async () => {
  const old = new Uint8Array(1_048_576).fill(10);
  const oldId = idOf("blob", old);
  const id = oldId.toString("hex");
  const made = Buffer.concat([Buffer.from("x\n"), old.subarray(1)]);
  const madeId = idOf("blob", made).toString("hex");
  const tree = Buffer.concat(
    Array.from({ length: 1_000 }, (_, at) => [Buffer.from(`100644 f${1_000 + at}\0`), oldId]).flat(),
  );
  const root = idOf("tree", tree).toString("hex");
  const objects = new Map([
    [root, { type: "tree", bytes: tree }],
    [id, { type: "blob", bytes: old }],
  ] as const);
  const patch = Array.from(
    { length: 1_000 },
    (_, at) =>
      `diff --git a/f${1_000 + at} b/f${1_000 + at}\nindex ${id}..${madeId} 100644\n--- a/f${1_000 + at}\n+++ b/f${1_000 + at}\n@@ -1 +1 @@\n-\n+x\n`,
  );
  expect(await patchedTree(nodeVerifyTools, objects, root, parsePatch(utf8(patch[0] ?? "")))).toMatch(/^[0-9a-f]{40}$/);
  await expect(patchedTree(nodeVerifyTools, objects, root, parsePatch(utf8(patch.join(""))))).rejects.toThrow(
    "it makes more bytes than are read here",
  );
}, 60_000);

const newFile = (name: string): Uint8Array =>
  utf8(
    `diff --git a/${name} b/${name}\nnew file mode 100644\nindex ${"0".repeat(40)}..e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n`,
  );

// Each of these ran for minutes, or fell, before anything of the bundle was believed.
const ENDLESS: readonly (readonly [string, Edit, string])[] = [
  [
    "a policy line of 80,000 spaces",
    replaceIn("approval/policy.yaml", "\n", `\n${" ".repeat(80_000)}x\n`),
    "approval/policy.yaml: the approval names other bytes",
  ],
  [
    "a changed path of 300,000 folders",
    (files) => void files.set("patch.diff", newFile(Array.from({ length: 300_000 }, () => "a").join("/"))),
    "a file has a name that no file can have",
  ],
  [
    "a rule of 10,000 stars and a name of 10,000 letters",
    (files) => {
      files.set("patch.diff", newFile("a".repeat(10_000)));
      files.set(
        "approval/contract.json",
        utf8(
          textOf(files, "approval/contract.json").replace(
            /"allowedPaths":\[[^\]]*\]/,
            `"allowedPaths":["${"*".repeat(10_000)}b"]`,
          ),
        ),
      );
    },
    "a file has a name that no file can have",
  ],
];

test.each(ENDLESS)(
  "%s is answered at once",
  async (_, edit, says) => {
    const files = bundle.sealed();
    edit(files);
    const verdict = await bundle.verify(files);
    expect(verdict.verdict).toBe("FAIL");
    expect(failures(verdict).join("\n")).toContain(says);
  },
  10_000,
);

test("more rules and paths than can be compared are refused, and what can be is compared in good time", async () => {
  expect(isPermitted(`${"*".repeat(4_000)}b`, "a".repeat(4_000))).toBe(false);
  expect(isPermitted(`${"*a".repeat(2_000)}b`, "a".repeat(4_000))).toBe(false);
  expect(
    isForbidden(Array.from({ length: 500 }, () => "**/a").join("/"), Array.from({ length: 64 }, () => "a").join("/")),
  ).toBe(false);
  const files = bundle.resealed((all) => {
    all.set(
      "approval/contract.json",
      utf8(
        textOf(all, "approval/contract.json").replace(
          /"allowedPaths":\[[^\]]*\]/,
          `"allowedPaths":["${"a".repeat(1_100_000)}"]`,
        ),
      ),
    );
    all.set(
      "patch.diff",
      utf8(
        Array.from({ length: 1_000 }, (_, at) =>
          textOf(new Map([["", newFile(`${"b".repeat(1_000)}${at}`)]]), ""),
        ).join(""),
      ),
    );
  });
  expect(failures(await bundle.verify(files)).join("\n")).toContain("longer than is read here");
}, 20_000);
