import type { Kysely } from "kysely";

import type { Ledger, RunRow, Store } from "../../seams/store.ts";
import { canonicalJson } from "../../workflow/digest.ts";
import { runId, type RunId } from "../../workflow/ids.ts";
import { holderText, runRowOf } from "./rows.ts";
import { projectRun } from "./run-shown-rows.ts";
import type { Tables } from "./tables.ts";

type NewRun = Parameters<Ledger["openRun"]>[0];
type RunChange = Parameters<Ledger["updateRun"]>[1];

/** The next run of a work item with the next number of the home, unless an open run holds the target. */
export const openRun = async (
  db: Kysely<Tables>,
  row: NewRun,
  attemptMin = 1,
): Promise<RunRow | { readonly locked: RunRow }> => {
  const holding = await db
    .selectFrom("runs")
    .selectAll()
    .where("target_id", "=", row.targetId)
    .where("state", "<>", "ended")
    .executeTakeFirst();
  if (holding !== undefined) return { locked: runRowOf(holding) };

  const { run_no: runNo } = await db
    .updateTable("ledger_head")
    .set((head) => ({ run_no: head("run_no", "+", 1) }))
    .where("id", "=", 1)
    .returning("run_no")
    .executeTakeFirstOrThrow();
  const earlier = await db.selectFrom("runs").select("run_id").where("work_id", "=", row.work).execute();
  const attempts = earlier.map(({ run_id: id }) => Number(id.split("-").at(-1)));
  const inserted = await db
    .insertInto("runs")
    .values({
      run_id: runId(row.work, Math.max(attemptMin, 1 + Math.max(0, ...attempts))),
      run_no: runNo,
      kind: row.kind,
      work_id: row.work,
      target_id: row.targetId,
      of_run: row.ofRun,
      state: "ordered",
      ending: null,
      version: 0,
      token: 0,
      ordered_at: row.orderedAt,
      epoch: row.epochSeconds,
      holder: holderText(row.holder),
      summary: canonicalJson(row.summary),
      shown: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  return runRowOf(inserted);
};

/** Moves a run on. A step back, or out of the end, is a bug, but for the second seal of an interrupted run (W12). */
export const updateRun = async (db: Kysely<Tables>, run: RunId, change: RunChange): Promise<void> => {
  const row = await findRun(db, run);
  if (row === "absent") throw new TypeError(`no such run: ${run}`);
  const state = change.state ?? row.state;
  const reopens = state === "sealing" && row.ending === "interrupted" && (await hasCommit(db, run));
  if (state !== row.state && !NEXT[row.state].includes(state) && !reopens)
    throw new TypeError(`a run that is ${row.state} cannot become ${state}`);
  const ending = change.ending === undefined && state !== "ended" ? null : (change.ending ?? row.ending);
  if ((state === "ended") !== (ending !== null)) throw new TypeError(`${run} has an ending exactly when it is ended`);
  await db
    .updateTable("runs")
    .set((columns) => ({
      state,
      ending,
      version: columns("version", "+", 1),
      holder: holderText(change.holder ?? row.holder),
      summary: canonicalJson(change.summary ?? row.summary),
    }))
    .where("run_id", "=", run)
    .execute();
  await projectRun(db, run);
};

export const findRun = async (db: Kysely<Tables>, run: RunId): Promise<RunRow | "absent"> => {
  const row = await db.selectFrom("runs").selectAll().where("run_id", "=", run).executeTakeFirst();
  return row === undefined ? "absent" : runRowOf(row);
};

export const findRuns = async (
  db: Kysely<Tables>,
  { work, open }: Parameters<Store["runs"]>[0],
): Promise<readonly RunRow[]> => {
  let query = db.selectFrom("runs").selectAll().orderBy("run_no");
  if (work !== undefined) query = query.where("work_id", "=", work);
  if (open === true) query = query.where("shown", "is", null);
  return (await query.execute()).map(runRowOf);
};

const hasCommit = async (db: Kysely<Tables>, run: RunId): Promise<boolean> => {
  const claim = await db
    .selectFrom("claims")
    .select("id")
    .where("what", "=", "commit")
    .where("claimant", "=", run)
    .executeTakeFirst();
  return claim !== undefined;
};

const NEXT: Readonly<Record<RunRow["state"], readonly RunRow["state"][]>> = {
  ordered: ["executing", "sealing"],
  executing: ["committing", "sealing"],
  committing: ["sealing"],
  sealing: ["ended"],
  ended: [],
};
