import { sql, type Kysely } from "kysely";

import type { Dialect } from "./ddl.ts";
import { EVERY_TABLE } from "./every-table.ts";
import type { Tables } from "./tables.ts";

/** What the database says to whoever writes to a ledger that goes on elsewhere. */
export const MOVED = "this ledger goes on elsewhere";
/** Its SQLSTATE on PostgreSQL. */
export const MOVED_STATE = "CT001";

/**
 * From now on the database refuses every write to this ledger, by whichever process, one that is older than this too.
 * Inside a transaction; once more is nothing more.
 */
export const blockWrites = async (dialect: Dialect, db: Kysely<Tables>): Promise<void> => {
  if (await isMoved(dialect, db)) return;
  if (dialect === "postgresql")
    await sql
      .raw(`create function refuse_moved() returns trigger language plpgsql as $$
        begin raise exception '${MOVED}' using errcode = '${MOVED_STATE}'; end $$`)
      .execute(db);
  for (const { table } of EVERY_TABLE)
    for (const act of ["insert", "update", "delete"]) await sql.raw(TRIGGER[dialect](table, act)).execute(db);
};

export const isMoved = async (dialect: Dialect, db: Kysely<Tables>): Promise<boolean> => {
  const found =
    dialect === "sqlite"
      ? sql`select name from sqlite_schema where type = 'trigger' and name = 'ledger_moved_insert'`
      : sql`select tgname from pg_trigger where tgname = 'ledger_moved_insert' and tgrelid = 'ledger'::regclass`;
  return (await found.execute(db)).rows.length > 0;
};

const TRIGGER: Readonly<Record<Dialect, (table: string, act: string) => string>> = {
  sqlite: (table, act) =>
    `create trigger ${table}_moved_${act} before ${act} on ${table} begin select raise(abort, '${MOVED}'); end`,
  postgresql: (table, act) =>
    `create trigger ${table}_moved_${act} before ${act} on ${table} for each statement execute function refuse_moved()`,
};
