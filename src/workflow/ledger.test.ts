import * as fc from "fast-check";
import { expect, test } from "vitest";

import { digestOf } from "./digest.ts";
import { workId } from "./ids.ts";
import { ledgerStart, ledgerText, readLedgerRecord, readLedger, type LedgerEntry, type LedgerRow } from "./ledger.ts";

const work = workId("CTO-WORK-049")!;
const start = { seq: 1, prev: ledgerStart("01JZ") };
const at = "2026-06-01T10:00:00.000Z";

const ledgerOf = (...entries: readonly LedgerEntry[]): readonly LedgerRow[] => {
  let { prev } = start;
  return entries.map((entry, index) => {
    const text = ledgerText(entry, index + 1, at, prev);
    prev = digestOf(text);
    return { seq: index + 1, text, sha256: prev };
  });
};

const entry = (type: LedgerEntry["type"]): LedgerEntry => ({ type, actor: "jp", channel: "cli", work });
const four = ledgerOf(
  entry("work.listed"),
  entry("approval.recorded"),
  entry("approval.withdrawn"),
  entry("approval.recorded"),
);
const [one, two, three, last] = four as readonly [LedgerRow, LedgerRow, LedgerRow, LedgerRow];

test("a record's text is canonical JSON with its place in the chain", () => {
  const text = ledgerText({ ...entry("work.listed"), detail: { b: undefined, a: 1 } }, 1, at, start.prev);
  expect(text).toBe(
    `{"actor":"jp","at":"${at}","channel":"cli","detail":{"a":1},"prev":"${start.prev}","seq":1,"type":"work.listed","work":"CTO-WORK-049"}`,
  );
  expect(start.prev).toBe(digestOf("cto-harness/ledger/v1\n01JZ"));
});

test("a record reads back as it was written", () => {
  fc.assert(
    fc.property(fc.string(), fc.dictionary(fc.string(), fc.jsonValue()), (actor, json) => {
      const detail = JSON.parse(JSON.stringify(json)) as Record<string, never>;
      const written = {
        ...entry("command.refused"),
        actor: actor.toWellFormed(),
        refusals: ["gate/env-not-set"],
        detail,
      };
      const text = ledgerText(written, 7, at, start.prev);
      expect(readLedgerRecord(text)).toEqual({
        ...written,
        seq: 7,
        at,
        prev: start.prev,
        sha256: digestOf(text),
        text,
      });
    }),
  );
});

test.each<readonly [string, string]>([
  ["nothing", ""],
  ["no JSON", "{"],
  ["white space", `${one.text} `],
  ["a byte order mark", `\uFEFF${one.text}`],
  ["a key twice", one.text.replace("{", '{"actor":"jp",')],
  ["an unknown key", one.text.replace("{", '{"aaa":1,')],
  ["an unknown type", one.text.replace("work.listed", "work.granted")],
  ["another channel", one.text.replace('"cli"', '"mcp"')],
  ["no work id", one.text.replace("CTO-WORK-049", "049")],
  ["no sequence", one.text.replace('"seq":1', '"seq":"1"')],
])("R017 %s is no record, and a crash", (_, text) => {
  expect(() => readLedgerRecord(text)).toThrow(Error);
});

test("R137 an untouched ledger holds", () => {
  expect(readLedger(four, start).wrong).toEqual([]);
  expect(readLedger([], start).wrong).toEqual([]);
  expect(readLedger(four.slice(2), { seq: 3, prev: digestOf(two.text) }).wrong).toEqual([]);
});

const edited = { ...two, text: two.text.replace('"jp"', '"xy"') };

test.each<readonly [string, readonly LedgerRow[], readonly number[]]>([
  ["a record edited", [one, edited, three, last], [2, 3]],
  ["a record edited and its digest with it", [one, { ...edited, sha256: digestOf(edited.text) }, three, last], [3]],
  ["a record dropped", [one, three, last], [3]],
  ["the first record dropped", [two, three, last], [2]],
  ["two records swapped", [one, three, two, last], [3, 2, 4]],
  ["a record twice", [one, two, two, three, last], [2]],
  ["a record that is none", [one, { ...two, text: "{}" }, three, last], [2, 3]],
  ["another number beside the text", [one, { ...two, seq: 9 }, three, last], [9, 3]],
])("R137 %s is found", (_, rows, wrong) => {
  expect(readLedger(rows, start).wrong).toEqual(expect.arrayContaining([...wrong]));
});

test("R137 a ledger of another home does not hold from its first record", () => {
  expect(readLedger(four, { seq: 1, prev: ledgerStart("other") }).wrong).toEqual([1]);
});
