import Database from "better-sqlite3";

import { Failure } from "../../workflow/failure.ts";

/**
 * The orders of one home, in a file of their own: no part of the ledger, and nothing rests on it (docs/adr/0031).
 * Times are milliseconds of the machine's monotonic clock, which moves neither with the wall clock nor in a suspend.
 */
const SCHEMA = `
create table orders (id text primary key, run text not null, kind text not null, work text not null, target text not null,
  site text not null, priority integer not null, no integer not null unique,
  status text not null check (status in ('queued','running','done','failed','cancelled')),
  not_before integer not null, claims integer not null, worker text, holder text, lease_until integer,
  cancelled integer not null check (cancelled in (0, 1)),
  check ((status = 'running') = (worker is not null))) strict;
create unique index one_order_of_a_target on orders (target) where status = 'running';
create index orders_waiting on orders (priority, no) where status = 'queued';
create index orders_running on orders (worker) where status = 'running';`;

const WORKERS = `
create table workers (worker text primary key, holder text not null, words text not null,
  draining integer not null check (draining in (0, 1)), heard_at integer not null) strict;`;

const OWNERS = `
alter table orders add column owner text not null default '';
create table turns (what text not null check (what in ('owner','target')), name text not null, no integer not null,
  primary key (what, name)) strict;`;

/** What brings a file from the version before it to each one. */
const STEPS: readonly string[] = [SCHEMA, WORKERS, OWNERS];
const VERSION: number = STEPS.length;

/** The file, made if it is not there. One that this program does not know is a Failure: it may be removed, the ledger stays. */
export const openOrderTable = (file: string): Database.Database =>
  orUnavailable(file, () => {
    const database = new Database(file, { timeout: BUSY_MS });
    try {
      database.pragma("journal_mode = wal");
      // What a power cut takes is ordered again from the ledger.
      database.pragma("synchronous = normal");
      database.transaction(() => upgrade(database, file)).immediate();
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  });

/** The same for whoever only looks: nothing is written, and a file of another version has nothing to show. */
export const readOrderTable = (file: string): Database.Database | undefined =>
  orUnavailable(file, () => {
    const database = new Database(file, { readonly: true, fileMustExist: true, timeout: BUSY_MS });
    if (database.pragma("user_version", { simple: true }) === VERSION) return database;
    database.close();
    return undefined;
  });

/** Does something with the file; what is wrong with it comes out as a Failure that names it. */
export const orUnavailable = <T>(file: string, act: () => T): T => {
  try {
    return act();
  } catch (cause) {
    if (!(cause instanceof Database.SqliteError)) throw cause;
    throw new Failure("engine/unavailable", `${file}: ${cause.message}.`, { cause, retry: true });
  }
};

const upgrade = (database: Database.Database, file: string): void => {
  const version = database.pragma("user_version", { simple: true });
  if (typeof version !== "number" || version > VERSION)
    throw new Failure("engine/unavailable", `${file} has version ${String(version)}; this program knows ${VERSION}.`);
  if (version === VERSION) return;
  for (const step of STEPS.slice(version)) database.exec(step);
  database.pragma(`user_version = ${VERSION}`);
};

// A transaction here is a few rows: whoever waits longer than this waits for something that is broken.
const BUSY_MS = 2_000;
