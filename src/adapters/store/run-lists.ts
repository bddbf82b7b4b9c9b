import type { Kysely, SelectQueryBuilder } from "kysely";

import type { RunList, RunListFilter, RunRow } from "../../seams/store.ts";
import { runRowOf } from "./rows.ts";
import type { RunTable, Tables } from "./tables.ts";

/** A page of runs by their number, the newest first, and how many there are: both by an index, whatever the store holds. */
export const listRuns = async (db: Kysely<Tables>, filter: RunListFilter): Promise<RunList> => {
  const before = await numberBefore(db, filter.before);
  const rows: readonly RunRow[] = before === 0 ? [] : (await pageOf(db, filter, before)).map(runRowOf);
  return { rows, total: await totalOf(db, filter) };
};

/** How many runs show each state; those that are open have none. */
export const countRuns = async (db: Kysely<Tables>): Promise<ReadonlyMap<string, number>> => {
  const rows = await db.selectFrom("run_counts").select(["shown", "runs"]).where("runs", ">", 0).execute();
  return new Map(rows.map(({ shown, runs }) => [shown, runs]));
};

// Nothing is older than a run that is not there: a page that began anew would be taken for the next one.
const numberBefore = async (db: Kysely<Tables>, run: RunListFilter["before"]): Promise<number> => {
  if (run === undefined) return Number.MAX_SAFE_INTEGER;
  const row = await db.selectFrom("runs").select("run_no").where("run_id", "=", run).executeTakeFirst();
  return row?.run_no ?? 0;
};

const pageOf = async (db: Kysely<Tables>, filter: RunListFilter, before: number): Promise<readonly RunTable[]> => {
  const query = narrowed(db, filter).selectAll().where("run_no", "<", before).orderBy("run_no", "desc");
  const bounded = filter.limit === undefined ? query : query.limit(filter.limit);
  if (filter.shown === undefined) return bounded.execute();
  // One state after the other: each of them lies in order in the index.
  const pages = await Promise.all(filter.shown.map((shown) => bounded.where("shown", "=", shown).execute()));
  return pages
    .flat()
    .toSorted((a, b) => b.run_no - a.run_no)
    .slice(0, filter.limit);
};

const totalOf = async (db: Kysely<Tables>, filter: RunListFilter): Promise<number> => {
  const { work, targetId, since, shown } = filter;
  if (work === undefined && targetId === undefined && since === undefined) {
    const counts = await countRuns(db);
    const counted = shown ?? [...counts.keys()];
    return counted.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  }
  if (shown?.length === 0) return 0;
  const query = narrowed(db, filter).select(({ fn }) => fn.countAll<number>().as("total"));
  const limited = shown === undefined ? query : query.where("shown", "in", shown);
  return (await limited.executeTakeFirstOrThrow()).total;
};

const narrowed = (
  db: Kysely<Tables>,
  { work, targetId, since }: RunListFilter,
): SelectQueryBuilder<Tables, "runs", object> => {
  let query = db.selectFrom("runs");
  if (work !== undefined) query = query.where("work_id", "=", work);
  if (targetId !== undefined) query = query.where("target_id", "=", targetId);
  if (since !== undefined) query = query.where("ordered_at", ">=", since);
  return query;
};
