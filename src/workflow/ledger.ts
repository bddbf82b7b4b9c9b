import { z } from "zod";

import { asJson } from "./as-json.ts";
import { canonicalJson, digestOf, isJsonObject, parseDigest, type Digest, type Json } from "./digest.ts";
import { parseRunId, workId, type RunId, type WorkId } from "./ids.ts";
import { LEDGER_TYPES, type LedgerType } from "./ledger-types.ts";

export type { LedgerType } from "./ledger-types.ts";

/** What a command wants to record. */
export interface LedgerEntry {
  readonly type: LedgerType;
  /** Principal name, or `uid:<n>` where nobody signed. */
  readonly actor: string;
  readonly channel: "cli" | "web" | "harness";
  readonly work?: WorkId;
  readonly run?: RunId;
  readonly approvalId?: string;
  readonly digests?: { readonly [name: string]: Digest };
  readonly refusals?: readonly string[];
  readonly detail?: { readonly [key: string]: Json | undefined };
}

/** A leaf: the exact text of one JSON record, chained by `prev` to the one before. */
export interface LedgerRecord extends LedgerEntry {
  readonly seq: number;
  readonly at: string;
  /** SHA-256 of the previous record's text; of `cto-harness/ledger/v1` LF home id for the first. */
  readonly prev: Digest;
  /** SHA-256 of this record's text. */
  readonly sha256: Digest;
  readonly text: string;
}

/** What the first record of a home's ledger is chained to. */
export const ledgerStart = (homeId: string): Digest => digestOf(`cto-harness/ledger/v1\n${homeId}`);

/** The exact text of a record: canonical JSON, so that one record has one text. */
export const ledgerText = (entry: LedgerEntry, seq: number, at: string, prev: Digest): string => {
  const { type, actor, channel, work, run, approvalId, digests, refusals, detail } = entry;
  return canonicalJson(
    asJson({ seq, at, type, actor, channel, work, run, approvalId, digests, refusals, detail, prev }),
  );
};

/** A record from its text. Text that is no record of this version is a crash, not a default (R017). */
export const readLedgerRecord = (text: string): LedgerRecord => {
  const json: unknown = JSON.parse(text);
  const members = Members.parse(json);
  if (canonicalJson(json) !== text) throw new TypeError("a ledger record is not in its canonical form");
  return { ...members, sha256: digestOf(text), text };
};

/** A row of the ledger as it lies in the database, nothing about it believed yet. */
export type LedgerRow = Pick<LedgerRecord, "seq" | "text"> & { readonly sha256: string };

/**
 * Each row with its record, as far as its text is one, and the sequence numbers at which the ledger does not hold: a gap,
 * an edit, a broken link, no record at all. `start` is what the first of these rows must be chained to, and its number.
 */
export const readLedger = <Row extends LedgerRow>(
  rows: Iterable<Row>,
  start: { readonly seq: number; readonly prev: Digest },
): { readonly wrong: readonly number[]; readonly read: readonly ReadRow<Row>[] } => {
  const wrong: number[] = [];
  const read: ReadRow<Row>[] = [];
  let { seq, prev } = start;
  for (const row of rows) {
    const record = recordIn(row.text);
    if (record === undefined || !follows(row, record, seq, prev)) wrong.push(row.seq);
    read.push({ row, record });
    seq = row.seq + 1;
    prev = record?.sha256 ?? digestOf(row.text);
  }
  return { wrong, read };
};

/** A row, and what it says; undefined where its text is no record. */
export interface ReadRow<Row extends LedgerRow> {
  readonly row: Row;
  readonly record: LedgerRecord | undefined;
}

const follows = (row: LedgerRow, record: LedgerRecord, seq: number, prev: Digest): boolean =>
  row.seq === seq && record.seq === seq && record.prev === prev && record.sha256 === row.sha256;

/** The record that a text is, nothing about it believed; undefined where it is none. */
export const recordIn = (text: string): LedgerRecord | undefined => {
  try {
    return readLedgerRecord(text);
  } catch {
    return undefined;
  }
};

const branded = <T>(parse: (text: string) => T | undefined): z.ZodType<T> =>
  z.string().transform((text, context) => {
    const value = parse(text);
    if (value !== undefined) return value;
    context.issues.push({ code: "custom", message: "malformed", input: text });
    return z.NEVER;
  });

const Members = z.strictObject({
  seq: z.int().positive(),
  at: z.iso.datetime({ precision: 3 }),
  type: z.enum(LEDGER_TYPES),
  actor: z.string(),
  channel: z.enum(["cli", "web", "harness"]),
  work: branded(workId).exactOptional(),
  run: branded(parseRunId).exactOptional(),
  approvalId: z.string().exactOptional(),
  digests: z.record(z.string(), branded(parseDigest)).exactOptional(),
  refusals: z.array(z.string()).exactOptional(),
  detail: z.custom<NonNullable<LedgerEntry["detail"]>>(isJsonObject).exactOptional(),
  prev: branded(parseDigest),
});
