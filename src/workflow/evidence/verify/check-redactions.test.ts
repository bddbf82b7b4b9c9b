import { afterAll, expect, test } from "vitest";

import { failures, replaceIn, sampleBundle, textOf, utf8, type Edit } from "../../../../test/fixtures/sample-bundle.ts";
import { digestOf } from "../../digest.ts";
import { bundleFiles } from "../bundle-files.ts";
import { redactionsSchema, type Redactions } from "../schemas/redactions.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const FILE = "redactions.json";
const LOG = "backend/stderr.log";
const github = { mark: "github", rule: "github", bytes: 40, commitment: digestOf("a"), file: LOG };
const record = { ...bundle.world.record, redacted: [github] };
const given = new Map(bundle.world.given).set(LOG, utf8("one\ntwo [redacted:github] three [redacted:github]\n"));

const sealedAgain = (edit: Edit): Map<string, Uint8Array> => {
  const files = new Map(bundleFiles(record, given));
  edit(files);
  return new Map(bundle.resealed((all) => files.forEach((bytes, name) => all.set(name, bytes))));
};

const redactions =
  (change: (told: Redactions) => Redactions): Edit =>
  (files) => {
    const told = redactionsSchema.parse(JSON.parse(textOf(files, FILE)));
    files.set(FILE, utf8(`${JSON.stringify(change(told))}\n`));
  };

const rowsOf = async (edit: Edit): Promise<readonly string[]> =>
  failures(await bundle.verify(sealedAgain(edit))).filter((row) => row.startsWith("redactions "));

test("R136 places and records that agree pass", async () => {
  expect(await rowsOf(() => undefined)).toEqual([]);
  const told = redactionsSchema.parse(JSON.parse(textOf(bundleFiles(record, given), FILE)));
  expect(told.redactions.map(({ line, column }) => [line, column])).toEqual([
    [2, 5],
    [2, 29],
  ]);
});

test.each<readonly [string, Edit, string]>([
  [
    "a record without its place",
    replaceIn(LOG, "[redacted:github] three", "a word three"),
    "github does not stand in line 2",
  ],
  ["a place without its record", replaceIn(LOG, "one", "one [redacted:github]"), "1 marks have no record"],
  [
    "a hole that nobody made",
    replaceIn(LOG, "one", "one [redacted:aws]"),
    "1 marks have no record: backend/stderr.log aws",
  ],
  [
    "a record taken away",
    redactions((told) => ({ ...told, redactions: told.redactions.slice(1) })),
    "1 marks have no record",
  ],
  [
    "a place that was moved",
    redactions((told) => ({ ...told, redactions: told.redactions.map((one) => ({ ...one, column: one.column + 1 })) })),
    "github does not stand in line 2",
  ],
  [
    "two commitments for one mark",
    redactions((told) => ({
      ...told,
      redactions: told.redactions.map((one, at) => ({ ...one, commitment: digestOf(String(at)) })),
    })),
    "github stands for two secrets",
  ],
  [
    "a commitment taken away",
    redactions((told) => ({ ...told, redactions: told.redactions.map((one) => ({ ...one, commitment: null })) })),
    "github commits to nothing",
  ],
  [
    "places counted that are not there",
    redactions((told) => ({
      ...told,
      folded: [{ ...github, file: LOG, count: 3 }].map(({ file, mark, rule, bytes, commitment, count }) => ({
        file,
        mark,
        rule,
        bytes,
        commitment,
        count,
      })),
    })),
    "0 marks have no record: backend/stderr.log github",
  ],
  ["another run's", redactions((told) => ({ ...told, run: "R-001-01" })), "it is of another run"],
  ["something else in its place", (files) => void files.set(FILE, utf8("{}\n")), "it does not read as redactions/v1"],
])("R136 %s fails, though the folder is summed again", async (_, edit, says) => {
  const rows = await rowsOf(edit);
  expect(rows.join("\n")).toContain(says);
});

test("R136 a file that is missing was not redacted: it fails as missing, and its records fail with it", async () => {
  const files = bundleFiles(record, given);
  const without = new Map([...files].filter(([name]) => name !== LOG));
  const rows = failures(await bundle.verify(without)).join("\n");
  expect(rows).toContain("github does not stand in line 2");
  expect(rows).toMatch(/^digests|digests backend\/stderr\.log/m);
  const untold = new Map([...files].filter(([name]) => name !== FILE));
  expect(failures(await bundle.verify(untold)).join("\n")).toContain("redactions redactions.json");
});

test("R136 more places than are listed are counted, and the count is held", async () => {
  const many = new Map(given).set(LOG, utf8("[redacted:github]\n".repeat(10_100)));
  const files = bundleFiles(record, many);
  const told = redactionsSchema.parse(JSON.parse(textOf(files, FILE)));
  expect([told.redactions.length, told.folded.map(({ count }) => count)]).toEqual([10_000, [100]]);
  expect(failures(await bundle.verify(files)).filter((row) => row.startsWith("redactions "))).toEqual([]);
});
