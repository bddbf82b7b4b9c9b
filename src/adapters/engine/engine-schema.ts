import { setTimeout as delay } from "node:timers/promises";

import type { Pool } from "pg";

import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import type { BoundedLog } from "./bounded-log.ts";
import { layTables } from "./dbos-internals.ts";
import { schemaKey } from "./lock-key.ts";

/** As DEPENDENCIES.md pins it: its tables are laid by it, and laid again by another one. */
export const DBOS_VERSION = "5.3.0";

const OURS = `
  create schema if not exists cto_engine;
  create table if not exists cto_engine.laid (name text primary key, version text not null);
  create table if not exists cto_engine.cancels (order_id text primary key, at timestamptz not null default now());
  create table if not exists cto_engine.workers (worker text primary key, words text not null, draining boolean not null,
    heard_at timestamptz not null);
  create table if not exists cto_engine.turns (what text not null, name text not null, no bigint not null,
    primary key (what, name));`;

/** Rises when ours change; they are laid beside what is there. */
const LAID = `${DBOS_VERSION} 3`;

/** The tables of DBOS and those of ours, laid by one process at a time; for one home, whose run ids they hold. */
export const ensureSchema = async (pool: Pool, log: BoundedLog, home: string): Promise<void> => {
  await layOnce(pool, log);
  await pool.query("insert into cto_engine.laid values ('home', $1) on conflict (name) do nothing", [home]);
  await mustBeOf(pool, home);
};

/** The orders of another home are neither given out here nor shown as this one's. */
export const mustBeOf = async (pool: Pool, home: string): Promise<void> => {
  const { rows } = await pool.query<{ home: string }>(
    "select version as home from cto_engine.laid where name = 'home'",
  );
  const [kept] = rows;
  if (kept !== undefined && kept.home !== home)
    throw new Failure("engine/another-home", `The database keeps the orders of home ${kept.home}.`);
};

const layOnce = async (pool: Pool, log: BoundedLog): Promise<void> => {
  if (await isLaid(pool)) return;
  const client = await pool.connect();
  try {
    // Waiting for a lock would hold a snapshot, for which indices that are made meanwhile wait in turn: a deadlock.
    for (let waited = 0; !(await tryLock(client)); waited += 50) {
      if (waited > ENGINE_LIMITS.schemaWaitMs)
        throw new Failure("engine/unreachable", "Another process has laid the engine's tables for a minute.");
      await delay(50);
    }
    try {
      if (await isLaid(pool)) return;
      await layTables(pool, log);
      await client.query(OURS);
      await client.query(
        "insert into cto_engine.laid values ('dbos', $1) on conflict (name) do update set version = excluded.version",
        [LAID],
      );
    } finally {
      await client.query("select pg_advisory_unlock($1::bigint)", [schemaKey]);
    }
  } finally {
    client.release();
  }
};

export const isLaid = async (pool: Pool): Promise<boolean> => {
  const { rows } = await pool.query<{ laid: string | null }>("select to_regclass('cto_engine.laid')::text as laid");
  if (typeof rows[0]?.laid !== "string") return false;
  const laid = await pool.query<{ version: string }>("select version from cto_engine.laid where name = 'dbos'");
  return laid.rows[0]?.version === LAID;
};

const tryLock = async (client: { query: Pool["query"] }): Promise<boolean> => {
  const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_lock($1::bigint) as locked", [
    schemaKey,
  ]);
  return rows[0]?.locked === true;
};
