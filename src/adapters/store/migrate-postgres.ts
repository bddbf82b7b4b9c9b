import { setTimeout as wait } from "node:timers/promises";

import { sql, type Kysely } from "kysely";

import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { MIGRATIONS } from "./migrations.ts";
import { requireKnown } from "./schema-version.ts";
import type { Tables } from "./tables.ts";

/** Brings the schema up to date in one transaction, made if it is not there; whoever comes meanwhile waits. */
export const migrate = async (db: Kysely<Tables>, schema: string, start: Digest): Promise<void> => {
  const until = performance.now() + LIMITS.storeBusyTimeoutMs;
  while ((await versionOf(db, schema)) !== MIGRATIONS.length) {
    if (await upgraded(db, schema, start)) return;
    if (performance.now() > until)
      throw new Failure("store/busy", "Another process brings the ledger up to date.", { retry: true });
    await wait(20);
  }
};

/** 0 where there is no schema of this home, or none that was ever brought up. */
export const versionOf = async (db: Kysely<Tables>, schema: string): Promise<number> => {
  // Asked of the catalogs' rows: to_regclass may answer within a transaction what was true when it began.
  const known = await sql`select from pg_class join pg_namespace on pg_namespace.oid = relnamespace
    where nspname = ${schema} and relname = 'schema_version'`.execute(db);
  if (known.rows.length === 0) return 0;
  const { rows } = await sql<{ version: number }>`select version from ${sql.table(`${schema}.schema_version`)}`.execute(
    db,
  );
  return rows[0]?.version ?? 0;
};

// A lock that is tried and not waited for: those who wait in it for each other would deadlock in the first DDL.
const upgraded = (db: Kysely<Tables>, schema: string, start: Digest): Promise<boolean> =>
  db.transaction().execute(async (inside) => {
    const lock = sql<{ won: boolean }>`select pg_try_advisory_xact_lock(hashtextextended(${schema}, 0)) as won`;
    if ((await lock.execute(inside)).rows[0]?.won !== true) return false;
    await makeSchema(inside, schema, start);
    return true;
  });

/** Inside a transaction: the schema, made if it is not there, through every migration that it lacks. */
export const makeSchema = async (db: Kysely<Tables>, schema: string, start: Digest): Promise<void> => {
  const version = await versionOf(db, schema);
  if (version > MIGRATIONS.length) requireKnown(version);
  const exec = async (script: string): Promise<void> => void (await sql.raw(script).execute(db));
  if (version === 0) await exec(await beginning(db, schema));
  for (const step of MIGRATIONS.slice(version)) await step({ dialect: "postgresql", db, exec });
  await sql`update schema_version set version = ${MIGRATIONS.length}`.execute(db);
  if (version === 0)
    await db
      .insertInto("ledger_head")
      .values({ id: 1, seq: 0, run_no: 0, sha256: start, frontier: "", note: "" })
      .execute();
};

// Whoever may not make schemas may be given an empty one.
const beginning = async (db: Kysely<Tables>, schema: string): Promise<string> => {
  const { rows } = await sql`select from pg_namespace where nspname = ${schema}`.execute(db);
  return `${rows.length === 1 ? "" : `create schema ${schema};`}
create table schema_version (id integer primary key check (id = 1), version integer not null);
insert into schema_version values (1, 0);`;
};
