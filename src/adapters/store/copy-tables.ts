import { createHash } from "node:crypto";

import { sql, type Kysely } from "kysely";

import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { EVERY_TABLE } from "./every-table.ts";
import { pagesOf, type AnyRow } from "./row-pages.ts";
import type { Tables } from "./tables.ts";

/** How many rows each table has. */
export type RowCounts = Readonly<Record<string, number>>;

/** Writes every row of one ledger into another that was just made, and reads both: they are the same, or it is a Failure. */
export const copyTables = async (from: Kysely<Tables>, to: Kysely<Tables>): Promise<RowCounts> => {
  const counts: Record<string, number> = {};
  for (const each of EVERY_TABLE) {
    // What a new ledger holds by itself.
    if (MADE_ANEW.has(each.table)) await to.deleteFrom(each.table).execute();
    for await (const rows of pagesOf(from, each)) await insert(to, each.table, rows);
  }
  for (const each of EVERY_TABLE) {
    const [there, here] = [await summaryOf(to, each), await summaryOf(from, each)];
    if (there.rows !== here.rows || there.digest !== here.digest)
      throw new Failure(
        "store/corrupt",
        `The table ${each.table} is not the same on the other side; nothing was moved.`,
      );
    counts[each.table] = there.rows;
  }
  return counts;
};

const MADE_ANEW: ReadonlySet<keyof Tables> = new Set(["ledger_head", "run_counts"]);

const insert = async (db: Kysely<Tables>, table: keyof Tables, rows: readonly AnyRow[]): Promise<void> => {
  const columns = Object.keys(rows[0] ?? {});
  const values = rows.map((row) => sql`(${sql.join(columns.map((name) => sql.val(row[name])))})`);
  const names = sql.join(columns.map((name) => sql.ref(name)));
  await sql`insert into ${sql.table(table)} (${names}) values ${sql.join(values)}`.execute(db);
};

/** Every byte of every row in order; each document by its bytes, which have to be those of its name. */
const summaryOf = async (
  db: Kysely<Tables>,
  each: (typeof EVERY_TABLE)[number],
): Promise<{ readonly rows: number; readonly digest: string }> => {
  const hash = createHash("sha256");
  let rows = 0;
  for await (const page of pagesOf(db, each))
    for (const row of page) {
      rows += 1;
      hash.update(`${lineOf(row)}\n`);
    }
  return { rows, digest: hash.digest("hex") };
};

const lineOf = (row: AnyRow): string => {
  const { body, digest } = row;
  if (body instanceof Uint8Array && digestOf(body) !== digest)
    throw new Failure("store/corrupt", `Document ${String(digest)} has other bytes than its name.`);
  const names = Object.keys(row).toSorted();
  return JSON.stringify(names.map((name) => [name, row[name] instanceof Uint8Array ? "bytes" : row[name]]));
};
