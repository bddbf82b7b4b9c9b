import type { Kysely } from "kysely";

import type { RawLedger } from "../../seams/store.ts";
import { isSignedCheckpoint } from "../../workflow/checkpoint.ts";
import { foldWork, type Work } from "../../workflow/contract/fold-work.ts";
import type { Digest } from "../../workflow/digest.ts";
import { readLedger, type LedgerRecord } from "../../workflow/ledger.ts";
import { frontierText } from "../../workflow/merkle.ts";
import { checkpointAt, frontierOver, headRow, type Notary } from "./ledger-head.ts";
import { shownOf } from "./run-shown-rows.ts";
import type { LedgerTable, Tables, WorkItemTable } from "./tables.ts";

/** The sequence numbers at which the ledger does not hold: chain, signed head, columns, work items against the fold. */
export const checkLedger = async (db: Kysely<Tables>, start: Digest, notary: Notary): Promise<readonly number[]> => {
  const problems = await atOneMoment(db, (moment) => ledgerProblems(moment, start, notary));
  return [...new Set(problems.map(({ seq }) => seq))].toSorted((a, b) => a - b);
};

/** Every row and the head as they lie there at one moment, nothing about them believed. */
export const rawLedger = (db: Kysely<Tables>): Promise<RawLedger> =>
  atOneMoment(db, async (moment) => {
    const rows = await moment.selectFrom("ledger").select(["seq", "body as text", "sha256"]).orderBy("seq").execute();
    const runs = await moment
      .selectFrom("runs")
      .select(["run_id as run", "run_no as runNo"])
      .orderBy("run_no")
      .execute();
    const { seq, run_no: runNo, sha256, note } = await headRow(moment);
    return { rows, runs, head: { seq, runNo, sha256, note } };
  });

/** What the first record of this ledger is chained to, or will be. */
export const ledgerBeginning = (db: Kysely<Tables>): Promise<string | undefined> =>
  atOneMoment(db, async (moment) => {
    const first = await moment.selectFrom("ledger").select("prev").orderBy("seq").limit(1).executeTakeFirst();
    if (first !== undefined) return first.prev;
    const head = await moment.selectFrom("ledger_head").select("sha256").where("id", "=", 1).executeTakeFirst();
    return head?.sha256;
  });

// One transaction, so that all its reads see the same ledger, whatever other processes append meanwhile.
export const atOneMoment = <T>(db: Kysely<Tables>, look: (moment: Kysely<Tables>) => Promise<T>): Promise<T> =>
  db.transaction().execute(look);

/** One place at which a ledger does not hold, and in what. */
export interface LedgerProblem {
  readonly what: "chain" | "head" | "columns" | "work item" | "run";
  /** The record; of a work item or run its last one, 0 if it has none. */
  readonly seq: number;
}

/** The same as `checkLedger`, in what is a transaction already. */
export const ledgerProblems = async (
  db: Kysely<Tables>,
  start: Digest,
  { origin, signer }: Notary,
): Promise<readonly LedgerProblem[]> => {
  const rows = await db.selectFrom("ledger").selectAll().orderBy("seq").execute();
  const head = await headRow(db);
  const works = await db.selectFrom("work_items").selectAll().execute();

  const { wrong, read } = readLedger(
    rows.map((row) => ({ ...row, text: row.body })),
    { seq: 1, prev: start },
  );
  const last = rows.at(-1);
  const frontier = frontierOver(rows.map(({ body }) => body));
  const isAtEnd = head.seq === (last?.seq ?? 0) && head.sha256 === (last?.sha256 ?? start);
  const isSigned =
    rows.length === 0 ||
    (head.frontier === frontierText(frontier) &&
      isSignedCheckpoint(head.note, checkpointAt(origin, frontier), (await signer()).publicKey));
  const problems = [
    ...at("chain", wrong),
    ...at("head", isAtEnd && isSigned ? [] : [head.seq]),
    ...at(
      "columns",
      read.filter(({ row, record }) => !columnsAgree(row, record)).map(({ row }) => row.seq),
    ),
  ];
  // What was drawn from records that do not hold says nothing more.
  if (problems.length > 0) return problems;
  const records = read.flatMap(({ record }) => record ?? []);
  return [...at("work item", projectionsThatDiffer(records, works)), ...at("run", await shownThatDiffer(db, rows))];
};

const at = (what: LedgerProblem["what"], seqs: readonly number[]): readonly LedgerProblem[] =>
  seqs.map((seq) => ({ what, seq }));

const columnsAgree = (row: LedgerTable, record: LedgerRecord | undefined): boolean =>
  record !== undefined &&
  record.type === row.type &&
  record.prev === row.prev &&
  (record.work ?? null) === row.work_id &&
  (record.run ?? null) === row.run_id &&
  (record.approvalId ?? null) === row.approval_id;

const projectionsThatDiffer = (
  records: readonly LedgerRecord[],
  works: readonly WorkItemTable[],
): readonly number[] => {
  const folded = foldWork(records);
  const written = new Map(works.map((row) => [row.work_id, row]));
  const names = new Set<string>([...folded.keys(), ...written.keys()]);
  const byName = new Map<string, Work>(folded);
  return [...names]
    .filter((name) => {
      const work = byName.get(name);
      const row = written.get(name);
      return work === undefined || row === undefined || work.state !== row.state || work.lastRun !== row.run_id;
    })
    .map((name) => records.findLast((record) => record.work === name)?.seq ?? 0);
};

/** Runs that show something else than the ledger says of them, each as its last record, 0 if it has none. */
const shownThatDiffer = async (db: Kysely<Tables>, rows: readonly LedgerTable[]): Promise<readonly number[]> => {
  const ofRun = Map.groupBy(rows, (row) => row.run_id);
  const runs = await db.selectFrom("runs").select(["run_id", "ending", "shown"]).execute();
  return runs
    .filter(({ run_id: run, ending, shown }) => shown !== shownOf(ending, ofRun.get(run) ?? []))
    .map(({ run_id: run }) => ofRun.get(run)?.at(-1)?.seq ?? 0);
};
