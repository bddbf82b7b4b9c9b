import type { Kysely } from "kysely";

import { appendOnly, ddl, OUTBOX_RULES, REFUSE_CHANGE, RUN_COUNT_RULES, type Dialect } from "./ddl.ts";
import { writtenRun } from "./rows.ts";
import { projectRun } from "./run-shown-rows.ts";
import type { Tables } from "./tables.ts";

const FIRST = `
create table documents (digest text primary key, kind text not null, body blob not null, at text not null) strict;

create table facts (stream text not null, seq integer not null, type text not null, line text not null,
  sha256 text not null, primary key (stream, seq)) strict;

create table ledger (seq int8 primary key, type text not null, work_id text, run_id text, approval_id text,
  body text not null, sha256 text not null unique, prev text not null unique) strict;
create unique index approval_consumed_once on ledger (approval_id) where type = 'approval.consumed';
create unique index ledger_opened_once on ledger (type) where type = 'ledger.opened';
create index ledger_by_run on ledger (run_id, seq);
create index ledger_by_work on ledger (work_id, seq);

-- frontier and note are the tree over all records and its signed checkpoint; empty while there is no record.
create table ledger_head (id integer primary key check (id = 1), seq int8 not null, run_no int8 not null,
  sha256 text not null, frontier text not null, note text not null) strict;

create table claims (what text not null check (what in ('approval','nonce','request','commit','outcome','rollback')),
  id text not null, claimant text not null, at text not null, primary key (what, id)) strict;

create table work_items (work_id text primary key, state text not null, version integer not null, run_id text) strict;
create index work_items_by_state on work_items (state, work_id);

create table runs (run_id text primary key, run_no int8 not null unique,
  kind text not null check (kind in ('execute','rollback')), work_id text not null references work_items (work_id),
  target_id text not null, of_run text references runs (run_id),
  state text not null check (state in ('ordered','executing','committing','sealing','ended')),
  ending text check (ending in ('blocked','voided','failed','stopped','interrupted','awaiting_outcome','rolled_back',
    'rollback_failed')),
  version integer not null, token integer not null, ordered_at text not null, epoch int8 not null,
  holder text not null, summary text not null, check ((state = 'ended') = (ending is not null))) strict;
create unique index target_lock on runs (target_id) where state <> 'ended';
create index runs_by_state on runs (state, run_no);

create table attempts (run_id text not null references runs (run_id), token integer not null, step text not null,
  attempt integer not null, holder text not null, at text not null, primary key (run_id, token),
  unique (run_id, step, attempt)) strict;

create table seals (run_id text not null references runs (run_id), revision integer not null, sums text not null,
  bytes int8 not null, at text not null, primary key (run_id, revision)) strict;`;

const SEAL_PROOF = `alter table seals add column proof text not null default '';`;

// The text of a notice is written once. Deliveries are bookkeeping: a delivery that is lent is due when its loan is over.
const OUTBOX = `
create table outbox (no int8 primary key, id text not null unique, at text not null, work_id text not null,
  run_id text, state text not null, reason text, body text, sent integer not null check (sent in (0, 1))) strict;
create index outbox_unsent on outbox (no) where sent = 0;

create table deliveries (id text not null references outbox (id), channel text not null,
  state text not null check (state in ('waiting','delivered','dead','muted')), attempts integer not null,
  due int8 not null, problem text not null, primary key (id, channel)) strict;
create index deliveries_due on deliveries (due) where state = 'waiting';
create index deliveries_by_state on deliveries (state);`;

const RUN_LISTS = `
alter table runs add column shown text;
create index runs_by_shown on runs (shown, run_no);
create index runs_by_work on runs (work_id, run_no);
create index runs_by_target on runs (target_id, run_no);
create index runs_by_time on runs (ordered_at);
create index ledger_by_type on ledger (type, seq);
create index ledger_by_approval on ledger (approval_id, seq) where approval_id is not null;

create table run_counts (shown text primary key, runs int8 not null) strict;`;

const COUNT_RUNS = `insert into run_counts select 'open', count(*) from runs;`;

/** What the runs of before show, as the store would have written it. */
const showRuns = async (db: Kysely<Tables>): Promise<void> => {
  const ended = await db.selectFrom("runs").select("run_id").where("ending", "is not", null).execute();
  for (const { run_id: run } of ended) await projectRun(db, writtenRun(run));
};

/** A database that is brought up to date, inside one transaction. */
export interface Upgrade {
  readonly dialect: Dialect;
  readonly db: Kysely<Tables>;
  /** Any number of statements. */
  readonly exec: (script: string) => Promise<void>;
}

const APPEND_ONLY = ["documents", "facts", "ledger", "claims", "attempts", "seals"];

/** Forward only: the schema version of a database is the number of these it has been through. */
export const MIGRATIONS: readonly ((upgrade: Upgrade) => Promise<void>)[] = [
  async ({ dialect, exec }) => {
    if (dialect === "postgresql") await exec(REFUSE_CHANGE);
    await exec(ddl(dialect, FIRST) + APPEND_ONLY.map((table) => appendOnly(dialect, table)).join(""));
  },
  async ({ dialect, exec }) => exec(ddl(dialect, SEAL_PROOF)),
  async ({ dialect, exec }) => exec(ddl(dialect, OUTBOX) + OUTBOX_RULES[dialect]),
  async ({ dialect, exec, db }) => {
    await exec(ddl(dialect, RUN_LISTS) + RUN_COUNT_RULES[dialect] + COUNT_RUNS);
    await showRuns(db);
  },
];
