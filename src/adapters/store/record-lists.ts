import type { Kysely } from "kysely";

import type { RecordFilter } from "../../seams/store.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { recordOf } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** The records that the filter lets through, in their order; of `newest` the last ones. Each member has its index. */
export const listRecords = async (db: Kysely<Tables>, filter: RecordFilter): Promise<readonly LedgerRecord[]> => {
  const { work, runs, approvalId, types, after, limit, newest } = filter;
  // PostgreSQL takes no empty list, and nothing is in one.
  if (runs?.length === 0 || types?.length === 0) return [];
  let query = db.selectFrom("ledger").selectAll();
  if (work !== undefined) query = query.where("work_id", "=", work);
  if (runs !== undefined) query = query.where("run_id", "in", runs);
  if (approvalId !== undefined) query = query.where("approval_id", "=", approvalId);
  if (types !== undefined) query = query.where("type", "in", types);
  if (after !== undefined) query = query.where("seq", ">", after);
  if (newest !== undefined) {
    const rows = await query.orderBy("seq", "desc").limit(newest).execute();
    return rows.toReversed().map(recordOf);
  }
  const ordered = query.orderBy("seq");
  return (await (limit === undefined ? ordered : ordered.limit(limit)).execute()).map(recordOf);
};

/** A walk over an index of the records, none of which is read. */
export const lastRecords = async (db: Kysely<Tables>): Promise<ReadonlyMap<WorkId, number>> => {
  const rows = await db
    .selectFrom("ledger")
    .select(({ fn }) => ["work_id", fn.max("seq").as("last")])
    .where("work_id", "is not", null)
    .groupBy("work_id")
    .execute();
  return new Map(
    rows.flatMap(({ work_id: name, last }) => {
      const work = workId(name ?? "");
      return work === undefined ? [] : [[work, last] as const];
    }),
  );
};
