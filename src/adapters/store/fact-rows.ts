import type { Kysely } from "kysely";

import type { Fence, Holder, Ledger } from "../../seams/store.ts";
import { digestOf } from "../../workflow/digest.ts";
import { chainStart, placeOf } from "../../workflow/event-chain.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { holderText, writtenDigest } from "./rows.ts";
import type { Tables } from "./tables.ts";

type Tip = Awaited<ReturnType<Ledger["tip"]>>;

/** Appends lines that continue the run's chain; a line that does not is a bug. */
export const appendFacts = async (
  db: Kysely<Tables>,
  run: RunId,
  lines: readonly string[],
  by: Fence | "unfenced",
): Promise<void> => {
  await guard(db, run, by);
  let { sequence, prev } = await tipOf(db, run);
  const rows: Tables["facts"][] = [];
  for (const line of lines) {
    const place = placeOf(line);
    if (place.run !== run || place.sequence !== sequence || place.prev !== prev)
      throw new TypeError(`${place.type} does not continue ${run} at ${sequence}`);
    prev = digestOf(line);
    rows.push({ stream: run, seq: sequence, type: place.type, line, sha256: prev });
    sequence += 1;
  }
  for (let at = 0; at < rows.length; at += ROWS_AT_ONCE)
    await db
      .insertInto("facts")
      .values(rows.slice(at, at + ROWS_AT_ONCE))
      .execute();
};

// Five parameters a row, of which a statement may have 32,766.
const ROWS_AT_ONCE = 256;

export const tipOf = async (db: Kysely<Tables>, run: RunId): Promise<Tip> => {
  const last = await db
    .selectFrom("facts")
    .select(["seq", "sha256"])
    .where("stream", "=", run)
    .orderBy("seq", "desc")
    .limit(1)
    .executeTakeFirst();
  if (last === undefined) return { sequence: 0, prev: chainStart(run) };
  return { sequence: last.seq + 1, prev: writtenDigest(last.sha256) };
};

export const factsOf = async (db: Kysely<Tables>, run: RunId): Promise<readonly string[]> => {
  const rows = await db.selectFrom("facts").select("line").where("stream", "=", run).orderBy("seq").execute();
  return rows.map(({ line }) => line);
};

interface NewAttempt {
  readonly run: RunId;
  readonly step: string;
  readonly holder: Holder;
  readonly after: Fence | "unfenced";
}

/** Raises the run's token: whoever worked on it before can append nothing more. */
export const beginAttempt = async (
  db: Kysely<Tables>,
  { run, step, holder, after }: NewAttempt,
  at: string,
): Promise<Fence> => {
  await guard(db, run, after);
  const raised = await db
    .updateTable("runs")
    .set((columns) => ({
      token: columns("token", "+", 1),
      version: columns("version", "+", 1),
      holder: holderText(holder),
    }))
    .where("run_id", "=", run)
    .returning("token")
    .executeTakeFirst();
  if (raised === undefined) throw new TypeError(`no such run: ${run}`);
  const { earlier } = await db
    .selectFrom("attempts")
    .select(({ fn }) => fn.countAll<number>().as("earlier"))
    .where("run_id", "=", run)
    .where("step", "=", step)
    .executeTakeFirstOrThrow();
  const fence = { run, step, attempt: earlier + 1, token: raised.token };
  await db
    .insertInto("attempts")
    .values({ run_id: run, token: fence.token, step, attempt: fence.attempt, holder: holderText(holder), at })
    .execute();
  return fence;
};

// The first statement about a run is its guard row: under an old token it matches nothing.
const guard = async (db: Kysely<Tables>, run: RunId, by: Fence | "unfenced"): Promise<void> => {
  const guarded = db
    .updateTable("runs")
    .set((columns) => ({ version: columns("version", "+", 1) }))
    .where("run_id", "=", run);
  if (by === "unfenced") {
    const { numUpdatedRows } = await guarded.executeTakeFirst();
    if (numUpdatedRows !== 1n) throw new TypeError(`no such run: ${run}`);
    return;
  }
  if (by.run !== run) throw new TypeError(`a fence of ${by.run} does not guard ${run}`);
  const { numUpdatedRows } = await guarded.where("token", "=", by.token).executeTakeFirst();
  if (numUpdatedRows !== 1n) throw new Failure("store/fenced", `Another process took ${run} over.`);
};
