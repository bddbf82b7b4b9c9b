import { assert, asyncProperty, constantFrom, uint8Array } from "fast-check";
import { afterAll, expect, test } from "vitest";

import {
  bytesOf,
  failures,
  flipped,
  sampleBundle,
  sealedOf,
  textOf,
  utf8,
} from "../../../../test/fixtures/sample-bundle.ts";
import { REFUSALS } from "../../refusal.ts";
import { sumsOf } from "../bundle.ts";
import { ENDINGS } from "../ending.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

test.each(ENDINGS)("a run that ended as %s leaves a bundle that passes (R112)", async (kind) => {
  const { record, given } = bundle.world.ending(kind);
  const verdict = await bundle.verify(sealedOf(record, given));
  expect(failures(verdict)).toEqual([]);
  expect(verdict.verdict).toBe("PASS");
});

const MUTATIONS: readonly (readonly [string, (files: Map<string, Uint8Array>, name: string) => void])[] = [
  [
    "one bit in the middle",
    (files, name) => files.set(name, flipped(bytesOf(files, name), Math.floor(bytesOf(files, name).length / 2))),
  ],
  [
    "one bit at the end",
    (files, name) => files.set(name, flipped(bytesOf(files, name), bytesOf(files, name).length - 1)),
  ],
  ["truncated by one byte", (files, name) => files.set(name, bytesOf(files, name).subarray(0, -1))],
  ["emptied", (files, name) => files.set(name, new Uint8Array())],
  ["deleted", (files, name) => files.delete(name)],
  ["one byte added", (files, name) => files.set(name, Uint8Array.of(...bytesOf(files, name), 0x20))],
];

test.each(MUTATIONS)("no file of a bundle can be changed unseen: %s (R117, edit-one-byte)", async (_, mutate) => {
  const unseen: string[] = [];
  for (const name of bundle.sealed().keys()) {
    const files = bundle.sealed();
    mutate(files, name);
    const { verdict, checks } = await bundle.verify(files);
    const failed = checks.filter((check) => check.verdict === "FAIL");
    const isNamed = name === "SHA256SUMS" || failed.some(({ file }) => file === name);
    const hasCodes = failed.every(({ code }) => code !== undefined && Object.hasOwn(REFUSALS, code));
    if (verdict !== "FAIL" || !isNamed || !hasCodes) unseen.push(name);
  }
  expect(unseen).toEqual([]);
});

test("no two files of a bundle can be swapped (R117)", async () => {
  const names = [...bundle.sealed().keys()];
  const unseen: string[] = [];
  for (const [at, name] of names.entries()) {
    const other = names[(at + 1) % names.length] ?? "";
    const files = bundle.sealed();
    const [one, two] = [bytesOf(files, name), bytesOf(files, other)];
    const { verdict } = await bundle.verify(files.set(name, two).set(other, one));
    if (verdict !== "FAIL") unseen.push(name);
  }
  expect(unseen).toEqual([]);
});

test.each([
  ["beside the others", "extra.txt"],
  ["in a folder of the bundle", "backend/other.log"],
  ["in a new folder", "more/extra.txt"],
  ["with a name of the table", "redactions.json"],
])("a file added %s is seen (file-added-or-removed)", async (_, name) => {
  const verdict = await bundle.verify(bundle.sealed().set(name, utf8("{}")));
  expect(verdict.verdict).toBe("FAIL");
  expect(failures(verdict)[0]).toContain(name);
});

test.each(["link", "link/", "/etc/passwd", ".partial-R-049-01"])(
  "an entry that is no plain file fails the bundle: %s",
  async (name) => {
    const verdict = await bundle.verify(bundle.sealed(), [name]);
    expect(verdict.checks[0]).toMatchObject({ id: "files", verdict: "FAIL", file: name });
    expect(verdict.checks[0]?.code).toBe(
      name.startsWith(".partial-") ? "verify/not-sealed" : "evidence/file-set-differs",
    );
  },
);

test.each([
  ["climbs", "../escape"],
  ["is absolute", "/etc/passwd"],
  ["has an empty part", "approval//packet.md"],
  ["has a backslash", "approval\\packet.md"],
  ["differs in case only", "APPROVAL/packet.md"],
])("a name that %s fails the bundle", async (_, name) => {
  const verdict = await bundle.verify(bundle.sealed().set(name, utf8("x")));
  expect(verdict.checks[0]).toMatchObject({ id: "files", verdict: "FAIL" });
});

test.each([
  ["another version", (text: string) => text.replace("cto/bundle/v1", "cto/bundle/v2")],
  [
    "a form that was sealed without signatures",
    (text: string) => text.replace(/"signatures": \[[^\]]*\]/, '"signatures": "none"'),
  ],
])("a bundle.json of %s is never a pass", async (_, change) => {
  const files = bundle.sealed();
  files.set("bundle.json", utf8(change(textOf(files, "bundle.json"))));
  files.set("SHA256SUMS", utf8(sumsOf(files)));
  const verdict = await bundle.verify(files);
  expect(verdict.checks.find(({ id }) => id === "bundle")?.verdict).toBe("NOT-PROVEN");
  expect(verdict.verdict).not.toBe("PASS");
});

test("FAIL and NOT-PROVEN come before what passed, and every row has a sentence", async () => {
  const { checks } = await bundle.verify(bundle.sealed().set("extra", utf8("x")));
  const words = checks.map(({ verdict }) => verdict);
  expect(words).toEqual(
    words.toSorted((a, b) => ["FAIL", "NOT-PROVEN", "PASS"].indexOf(a) - ["FAIL", "NOT-PROVEN", "PASS"].indexOf(b)),
  );
  expect(checks.every(({ says }) => says.length > 0)).toBe(true);
});

test("nothing at all is no bundle", async () => {
  expect((await bundle.verify(new Map())).verdict).toBe("FAIL");
});

test("bytes that nobody made are answered, never a crash", async () => {
  await assert(
    asyncProperty(constantFrom(...bundle.sealed().keys()), uint8Array({ maxLength: 400 }), async (name, bytes) => {
      expect((await bundle.verify(bundle.sealed().set(name, bytes))).verdict).toBe("FAIL");
    }),
    { numRuns: 60 },
  );
});
