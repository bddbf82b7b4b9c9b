import { expect, test } from "vitest";

import { noteSigner } from "../../test/fakes/note-signer.ts";
import { auditLedger, type AuditedLedger, type LedgerMark } from "./audit-ledger.ts";
import { signedCheckpoint, type Checkpoint } from "./checkpoint.ts";
import { digestOf } from "./digest.ts";
import { parseRunId, workId } from "./ids.ts";
import { ledgerStart, ledgerText, type LedgerEntry, type LedgerRow } from "./ledger.ts";
import { leafHash, treeOver } from "./merkle.ts";

const HOME = "01JZ";
const origin = `cto-harness/ledger/${HOME}`;
const start = ledgerStart(HOME);
const key = noteSigner();
const work = workId("CTO-WORK-049")!;
const run = parseRunId("R-049-01")!;
const at = "2026-06-01T10:00:00.000Z";
const sums = digestOf("sums");

const entry = (type: LedgerEntry["type"], more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  type,
  actor: "jp",
  channel: "cli",
  work,
  ...more,
});

const HONEST: readonly LedgerEntry[] = [
  entry("approval.challenged"),
  entry("approval.recorded", { approvalId: "ap-1" }),
  entry("approval.consumed", { approvalId: "ap-1", run }),
  entry("run.started", { run }),
  entry("run.sealed", { run, digests: { sums } }),
];

/** Rows of these entries, each chained to the one before it here. */
const rowsOf = (entries: readonly LedgerEntry[], first = 1, before = start): readonly LedgerRow[] => {
  let prev = before;
  return entries.map((one, index) => {
    const text = ledgerText(one, first + index, at, prev);
    prev = digestOf(text);
    return { seq: first + index, text, sha256: prev };
  });
};

const checkpointOf = (rows: readonly LedgerRow[], size = rows.length): Checkpoint => ({
  origin,
  size,
  rootHash: Buffer.from(treeOver(rows.map(({ text }) => leafHash(text))).rootAt(size)).toString("base64"),
});

/** Rows with a head that fits them, signed: what somebody with file and key could make of any rows. */
const ledgerOf = (rows: readonly LedgerRow[]): AuditedLedger => ({
  origin,
  start,
  rows,
  head: {
    seq: rows.at(-1)?.seq ?? 0,
    sha256: rows.length === 0 ? start : digestOf(rows.at(-1)?.text ?? ""),
    note: signedCheckpoint(checkpointOf(rows), key),
    runNo: 1,
  },
  runs: [{ run, runNo: 1, isHeld: false }],
  keys: [key.publicKey],
  marks: [mark(checkpointOf(honest, 1))],
  traces: [
    { kind: "spent", approvalId: "ap-1", run },
    { kind: "sealed", run, sums },
  ],
});

const mark = (checkpoint: Checkpoint): LedgerMark => ({ what: "approval ap-1", by: "human", checkpoint });
const honest = rowsOf(HONEST);
const [one, two, three, four, five] = honest as readonly [LedgerRow, LedgerRow, LedgerRow, LedgerRow, LedgerRow];

const codes = (ledger: AuditedLedger): readonly string[] => auditLedger(ledger).map(({ code }) => code);

test("R137 a ledger that agrees with all that is known of it gives no alarm", () => {
  expect(codes(ledgerOf(honest))).toEqual([]);
  expect(codes({ ...ledgerOf([]), marks: [], traces: [] })).toEqual([]);
});

const edited = { ...two, text: two.text.replace('"jp"', '"xy"') };
const rewritten = rowsOf(HONEST.map((one_) => ({ ...one_, actor: "xy" })));
const branch = rowsOf([entry("approval.withdrawn")], 6, digestOf(one.text));
const swapped = [one, { ...three, seq: 2 }, { ...two, seq: 3 }, four, five];

const ROWS: readonly (readonly [string, readonly LedgerRow[], string])[] = [
  ["a record edited", [one, edited, three, four, five], "ledger/chain-broken"],
  ["a record that is none", [one, { ...two, text: "{}" }, three, four, five], "ledger/chain-broken"],
  [
    "a record with a key twice",
    [one, { ...two, text: two.text.replace("{", '{"actor":"jp",') }, three, four, five],
    "ledger/chain-broken",
  ],
  [
    "a record behind a byte order mark",
    [{ ...one, text: `\uFEFF${one.text}` }, two, three, four, five],
    "ledger/chain-broken",
  ],
  ["two records in each other's place", swapped, "ledger/chain-broken"],
  ["a record taken out", [one, two, four, five], "ledger/gap"],
  ["the first record taken out", honest.slice(1), "ledger/gap"],
  ["a second branch", [...honest, ...branch], "ledger/fork"],
  ["a second beginning", [...honest, ...rowsOf([entry("approval.challenged")], 6)], "ledger/second-genesis"],
  [
    "a second ledger.opened",
    rowsOf([entry("ledger.opened"), ...HONEST, entry("ledger.opened")]),
    "ledger/second-genesis",
  ],
  ["its tail cut off", honest.slice(0, 4), "ledger/truncated"],
  ["all of it gone", [], "ledger/truncated"],
  ["all of it rewritten and signed again", rewritten, "ledger/history-rewritten"],
  ["a record put in before the human's", rowsOf([entry("packet.linted"), ...HONEST]), "ledger/history-rewritten"],
];

test.each(ROWS)("R137 %s is an alarm, though head and signature fit what is left", (_, rows, code) => {
  expect(codes(ledgerOf(rows))).toContain(code);
});

const fits = ledgerOf(honest);

const HEADS: readonly (readonly [string, Partial<AuditedLedger["head"]>, string])[] = [
  ["names an earlier record", { seq: 4 }, "ledger/head-differs"],
  ["names a later record", { seq: 6 }, "ledger/head-differs"],
  ["has another digest", { sha256: four.sha256 }, "ledger/head-differs"],
  ["has no checkpoint", { note: "" }, "ledger/head-differs"],
  ["has the checkpoint of before", { note: signedCheckpoint(checkpointOf(honest, 4), key) }, "ledger/head-differs"],
  ["is signed by another key", { note: signedCheckpoint(checkpointOf(honest), noteSigner(2)) }, "ledger/note-unsigned"],
  [
    "is signed twice",
    { note: `${fits.head.note}${fits.head.note.slice(fits.head.note.indexOf("\u2014"))}` },
    "ledger/note-unsigned",
  ],
  ["has given more run numbers", { runNo: 2 }, "ledger/run-missing"],
];

test.each(HEADS)("R137 a head that %s is an alarm", (_, head, code) => {
  expect(codes({ ...fits, head: { ...fits.head, ...head } })).toContain(code);
});

const BESIDE: readonly (readonly [string, Partial<AuditedLedger>, readonly string[]])[] = [
  [
    "a human record over more records than there are",
    { marks: [mark({ ...checkpointOf(honest), size: 9 })] },
    ["ledger/truncated"],
  ],
  [
    "a human record over another root",
    { marks: [mark({ ...checkpointOf(honest), size: 3 })] },
    ["ledger/history-rewritten"],
  ],
  [
    "a human record over another home's ledger",
    { marks: [mark({ ...checkpointOf(honest), origin: "x" })] },
    ["ledger/history-rewritten"],
  ],
  [
    "a lock that names another run",
    { traces: [{ kind: "spent", approvalId: "ap-1", run: "R-049-02" }] },
    ["ledger/truncated"],
  ],
  [
    "a lock of an approval that nobody recorded",
    { traces: [{ kind: "spent", approvalId: "ap-9", run }] },
    ["ledger/truncated"],
  ],
  [
    "a bundle that is not the sealed one",
    { traces: [{ kind: "sealed", run, sums: digestOf("x") }] },
    ["ledger/truncated"],
  ],
  [
    "a run number without its run",
    { runs: [{ run, runNo: 3, isHeld: false }] },
    ["ledger/run-missing", "ledger/run-missing"],
  ],
];

test.each(BESIDE)("R137 %s is an alarm", (_, beside, expected) => {
  expect(codes({ ...fits, ...beside })).toEqual(expected);
});

test("R137 a run that is neither held nor closed is an alarm; one that somebody works on is not", () => {
  const open = ledgerOf(honest.slice(0, 4));
  const beside = { marks: [], traces: [] };
  expect(codes({ ...open, ...beside })).toEqual(["ledger/run-unclosed"]);
  expect(codes({ ...open, ...beside, runs: [{ run, runNo: 1, isHeld: true }] })).toEqual([]);
});

test("a head that claims any number of runs is answered at once", () => {
  const alarms = codes({ ...fits, head: { ...fits.head, runNo: 2 ** 52 } });
  expect(alarms).toHaveLength(20);
});
