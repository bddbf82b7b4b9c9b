import { closeSync, openSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { MIGRATIONS } from "./migrations.ts";
import { requireKnown } from "./schema-version.ts";
import { failureOf, isBusy } from "./sqlite-errors.ts";
import type { Tables } from "./tables.ts";

/** The ledger's file, created if it is not there, at the newest schema version. For writing. */
export const openForWriting = async (path: string, start: Digest): Promise<Database.Database> => {
  makePrivate(path);
  // Short: whoever waits for the write lock waits in `whenFree`, where the rest of this process goes on.
  const database = new Database(path, { timeout: 50 });
  return orClosed(database, async () => {
    await whenFree(() => database.pragma("journal_mode = wal"));
    secure(database);
    await migrate(database, start);
    return database;
  });
};

/** The ledger's file for reading. One that is absent, or was never written, reads as empty and is not created. */
export const openForReading = async (path: string, start: Digest): Promise<Database.Database> => {
  const database = existing(path);
  if (database === undefined) return emptyDatabase(start);
  return orClosed(database, async () => {
    secure(database);
    const version = versionOf(database);
    if (version !== 0) {
      requireKnown(version);
      return database;
    }
    database.close();
    return emptyDatabase(start);
  });
};

/** Where nothing was ever written. */
export const emptyDatabase = async (start: Digest): Promise<Database.Database> => {
  const database = new Database(":memory:");
  secure(database);
  await migrate(database, start);
  return database;
};

export const kyselyOver = (database: Database.Database): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });

/** Tries again while another process holds the lock; after `storeBusyTimeoutMs` the error is the caller's. */
export const whenFree = async <T>(act: () => T): Promise<T> => {
  const until = performance.now() + LIMITS.storeBusyTimeoutMs;
  for (;;) {
    try {
      return act();
    } catch (error) {
      if (!isBusy(error) || performance.now() > until) throw error;
      await wait(5);
    }
  }
};

// Journal and index files take the mode of the database file.
const makePrivate = (path: string): void => {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch (cause) {
    throw new Failure("home/unreadable", `The ledger cannot be written: ${path}.`, { cause });
  }
};

const existing = (path: string): Database.Database | undefined => {
  try {
    return new Database(path, { readonly: true, fileMustExist: true, timeout: LIMITS.storeBusyTimeoutMs });
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code === "SQLITE_CANTOPEN") return absentOnly(path, error);
    throw error;
  }
};

// SQLite has one code for a file that is not there and for one that may not be opened.
const absentOnly = (path: string, error: Error): undefined => {
  try {
    closeSync(openSync(path, "r"));
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "ENOTDIR"))
      return undefined;
  }
  throw error;
};

const secure = (database: Database.Database): void => {
  database.pragma("synchronous = full");
  database.pragma("foreign_keys = on");
  // Without it `insert or replace` deletes rows past the triggers that forbid it.
  database.pragma("recursive_triggers = on");
  database.pragma("trusted_schema = off");
};

const migrate = async (database: Database.Database, start: Digest): Promise<void> => {
  if (versionOf(database) === MIGRATIONS.length) return;
  await whenFree(() => database.exec("begin immediate"));
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) requireKnown(version);
    const db = kyselyOver(database);
    const exec = async (script: string): Promise<void> => void database.exec(script);
    for (const step of MIGRATIONS.slice(version)) await step({ dialect: "sqlite", db, exec });
    database.pragma(`user_version = ${MIGRATIONS.length}`);
    if (version === 0)
      database.prepare("insert into ledger_head values (1, 0, 0, ?, '', '') on conflict do nothing").run(start);
    database.exec("commit");
  } catch (error) {
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
};

/** Of a ledger's file, 0 where there is none. */
export const schemaVersionOf = (path: string): number => {
  let database: Database.Database | undefined;
  try {
    database = existing(path);
    return database === undefined ? 0 : versionOf(database);
  } catch (error) {
    throw failureOf(error);
  } finally {
    database?.close();
  }
};

export const versionOf = (database: Database.Database): number => {
  const version = database.pragma("user_version", { simple: true });
  return typeof version === "number" ? version : 0;
};

const orClosed = async <T>(database: Database.Database, act: () => Promise<T>): Promise<T> => {
  try {
    return await act();
  } catch (error) {
    database.close();
    throw error;
  }
};
