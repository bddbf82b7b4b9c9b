import { assert, asyncProperty, constantFrom, uint8Array } from "fast-check";
import { afterAll, expect, test } from "vitest";

import { MORE_MUTATIONS, MUTATED, mutableBundles, MUTATIONS } from "../../../../test/fixtures/mutations.ts";
import { bytesOf, failures, sampleBundle, sealedOf, textOf, utf8 } from "../../../../test/fixtures/sample-bundle.ts";
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

const { ended, another } = mutableBundles(bundle);

test("the other run, whose files take the place of this one's, passes itself and shares no file with it", async () => {
  expect(failures(await another.verify(another.sealed()))).toEqual([]);
  const others = another.sealed();
  const alike = MUTATED.flatMap((kind) =>
    [...ended(kind)].filter(([name, bytes]) => Buffer.from(bytesOf(others, name)).equals(bytes)),
  );
  expect(alike.map(([name]) => name)).toEqual([]);
  const missing = MUTATED.flatMap((kind) => [...ended(kind).keys()].filter((name) => !others.has(name)));
  expect(missing).toEqual([]);
});

test.each(
  MUTATED.flatMap((ending) =>
    [...MUTATIONS, ...MORE_MUTATIONS].map(({ kind, ...mutation }) => ({ ending, kind, ...mutation })),
  ),
)(
  "no file of a bundle that ended as $ending can be changed unseen: $kind (R117, edit-one-byte)",
  async ({ ending, change, seenAs }) => {
    const sealed = ended(ending);
    const others = another.sealed();
    const unseen: string[] = [];
    for (const name of sealed.keys()) {
      const files = new Map(sealed);
      change(files, name, others);
      const { verdict, checks } = await bundle.verify(files);
      const failed = checks.filter((check) => check.verdict === "FAIL");
      const isNamed = seenAs(name) === "SHA256SUMS" || failed.some(({ file }) => file === seenAs(name));
      const hasCodes =
        failed.length > 0 && failed.every(({ code }) => code !== undefined && Object.hasOwn(REFUSALS, code));
      if (verdict !== "FAIL" || !isNamed || !hasCodes) unseen.push(name);
    }
    expect(unseen).toEqual([]);
  },
);

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
