import type { Kysely } from "kysely";

import type { AppendedLeaf, Store, WorkRow } from "../../seams/store.ts";
import { asJson } from "../../workflow/as-json.ts";
import { proofText, signedCheckpoint } from "../../workflow/checkpoint.ts";
import { causeOf } from "../../workflow/contract/fold-work.ts";
import { ruleOf, stateAfter } from "../../workflow/contract/work-item.ts";
import { canonicalJson } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { ledgerText, readLedgerRecord, type LedgerEntry, type LedgerRecord } from "../../workflow/ledger.ts";
import { frontierText, leafHash, proofOfNext, withLeaf } from "../../workflow/merkle.ts";
import { checkpointAt, frontierOf, headRow, type Notary } from "./ledger-head.ts";
import { postOf } from "./outbox-rows.ts";
import { recordOf, workRowOf, writtenDigest } from "./rows.ts";
import { projectRun } from "./run-shown-rows.ts";
import type { Tables } from "./tables.ts";

/** Appends one record, signs the tree that it makes, and in the same breath writes the state of its work item. */
export const appendLeaf = async (
  db: Kysely<Tables>,
  entry: LedgerEntry,
  at: string,
  { origin, signer }: Notary,
): Promise<AppendedLeaf> => {
  const head = await headRow(db);
  const frontier = await frontierOf(db, head);
  const record = readLedgerRecord(ledgerText(entry, head.seq + 1, at, writtenDigest(head.sha256)));
  await db
    .insertInto("ledger")
    .values({
      seq: record.seq,
      type: record.type,
      work_id: record.work ?? null,
      run_id: record.run ?? null,
      approval_id: record.approvalId ?? null,
      body: record.text,
      sha256: record.sha256,
      prev: record.prev,
    })
    .execute();
  const grown = withLeaf(frontier, leafHash(record.text));
  const note = signedCheckpoint(checkpointAt(origin, grown), await signer());
  await db
    .updateTable("ledger_head")
    .set({ seq: record.seq, sha256: record.sha256, frontier: frontierText(grown), note })
    .where("id", "=", 1)
    .execute();
  if (record.work !== undefined) await project(db, record.work, record);
  if (record.run !== undefined) await projectRun(db, record.run);
  await postOf(db, origin, record);
  return { ...record, proof: proofText(frontier.size, proofOfNext(frontier), note) };
};

export const leavesAfter = async (db: Kysely<Tables>, after: number): Promise<readonly LedgerRecord[]> => {
  const rows = await db.selectFrom("ledger").selectAll().where("seq", ">", after).orderBy("seq").execute();
  return rows.map(recordOf);
};

export const findWork = async (db: Kysely<Tables>, work: WorkId): Promise<WorkRow | "absent"> => {
  const row = await db.selectFrom("work_items").selectAll().where("work_id", "=", work).executeTakeFirst();
  return row === undefined ? "absent" : workRowOf(row);
};

export const findWorks = async (
  db: Kysely<Tables>,
  filter: Parameters<Store["works"]>[0],
): Promise<readonly WorkRow[]> => {
  const all = db.selectFrom("work_items").selectAll().orderBy("work_id");
  const rows = await (filter === undefined ? all : all.where("state", "=", filter.state)).execute();
  return rows.map(workRowOf);
};

/** The row is already there, written with its leaf; another one than the ledger gives is a bug. */
export const requireSame = async (db: Kysely<Tables>, row: WorkRow): Promise<void> => {
  const written = await findWork(db, row.work);
  if (canonicalJson(asJson(written)) !== canonicalJson(asJson(row)))
    throw new TypeError(`the ledger gives ${row.work} another state than ${row.state}`);
};

const project = async (db: Kysely<Tables>, work: WorkId, record: LedgerRecord): Promise<void> => {
  const row = await findWork(db, work);
  const from = row === "absent" ? "none" : row.state;
  const cause = causeOf(record);
  const rule = cause === "nothing" ? undefined : ruleOf(from, cause);
  if (cause !== "nothing" && rule === undefined)
    throw new TypeError(`${record.type} is not in the table: ${work} is ${from}`);
  const state = rule === undefined ? from : stateAfter(from, rule);
  if (state === "none") return;
  const lastRun = record.run ?? (row === "absent" ? null : row.lastRun);
  await db
    .insertInto("work_items")
    .values({ work_id: work, state, version: 1, run_id: lastRun })
    .onConflict((same) =>
      same.column("work_id").doUpdateSet((columns) => ({
        state,
        run_id: lastRun,
        version: columns("work_items.version", "+", 1),
      })),
    )
    .execute();
};
