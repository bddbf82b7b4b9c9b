import type Database from "better-sqlite3";

import { shownOf } from "./run-shown-rows.ts";
import type { LedgerTable, RunTable } from "./tables.ts";

const appendOnly = (table: string): string => `
create trigger ${table}_no_update before update on ${table} begin select raise(abort, '${table} is append-only'); end;
create trigger ${table}_no_delete before delete on ${table} begin select raise(abort, '${table} is append-only'); end;`;

const FIRST = `
create table documents (digest text primary key, kind text not null, body blob not null, at text not null) strict;

create table facts (stream text not null, seq integer not null, type text not null, line text not null,
  sha256 text not null, primary key (stream, seq)) strict;

create table ledger (seq integer primary key, type text not null, work_id text, run_id text, approval_id text,
  body text not null, sha256 text not null unique, prev text not null unique) strict;
create unique index approval_consumed_once on ledger (approval_id) where type = 'approval.consumed';
create unique index ledger_opened_once on ledger (type) where type = 'ledger.opened';
create index ledger_by_run on ledger (run_id, seq);
create index ledger_by_work on ledger (work_id, seq);

-- frontier and note are the tree over all records and its signed checkpoint; empty while there is no record.
create table ledger_head (id integer primary key check (id = 1), seq integer not null, run_no integer not null,
  sha256 text not null, frontier text not null, note text not null) strict;

create table claims (what text not null check (what in ('approval','nonce','request','commit','outcome','rollback')),
  id text not null, claimant text not null, at text not null, primary key (what, id)) strict;

create table work_items (work_id text primary key, state text not null, version integer not null, run_id text) strict;
create index work_items_by_state on work_items (state, work_id);

create table runs (run_id text primary key, run_no integer not null unique,
  kind text not null check (kind in ('execute','rollback')), work_id text not null references work_items (work_id),
  target_id text not null, of_run text references runs (run_id),
  state text not null check (state in ('ordered','executing','committing','sealing','ended')),
  ending text check (ending in ('blocked','voided','failed','stopped','interrupted','awaiting_outcome','rolled_back',
    'rollback_failed')),
  version integer not null, token integer not null, ordered_at text not null, epoch integer not null,
  holder text not null, summary text not null, check ((state = 'ended') = (ending is not null))) strict;
create unique index target_lock on runs (target_id) where state <> 'ended';
create index runs_by_state on runs (state, run_no);

create table attempts (run_id text not null references runs (run_id), token integer not null, step text not null,
  attempt integer not null, holder text not null, at text not null, primary key (run_id, token),
  unique (run_id, step, attempt)) strict;

create table seals (run_id text not null references runs (run_id), revision integer not null, sums text not null,
  bytes integer not null, at text not null, primary key (run_id, revision)) strict;
${["documents", "facts", "ledger", "claims", "attempts", "seals"].map(appendOnly).join("")}`;

const SEAL_PROOF = `alter table seals add column proof text not null default '';`;

// The text of a notice is written once. Deliveries are bookkeeping: a delivery that is lent is due when its loan is over.
const OUTBOX = `
create table outbox (no integer primary key, id text not null unique, at text not null, work_id text not null,
  run_id text, state text not null, reason text, body text, sent integer not null check (sent in (0, 1))) strict;
create index outbox_unsent on outbox (no) where sent = 0;
create trigger outbox_no_delete before delete on outbox begin select raise(abort, 'outbox is append-only'); end;
create trigger outbox_drawn_once before update of no, id, at, work_id, run_id, state, reason, body on outbox
  when old.body is not null begin select raise(abort, 'a notice is drawn once'); end;

create table deliveries (id text not null references outbox (id), channel text not null,
  state text not null check (state in ('waiting','delivered','dead','muted')), attempts integer not null,
  due integer not null, problem text not null, primary key (id, channel)) strict;
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

create table run_counts (shown text primary key, runs integer not null) strict;
create trigger runs_counted after insert on runs begin
  insert into run_counts values (coalesce(new.shown, 'open'), 1) on conflict (shown) do update set runs = runs + 1;
end;
create trigger runs_counted_anew after update of shown on runs when new.shown is not old.shown begin
  update run_counts set runs = runs - 1 where shown = coalesce(old.shown, 'open');
  insert into run_counts values (coalesce(new.shown, 'open'), 1) on conflict (shown) do update set runs = runs + 1;
end;
insert into run_counts select 'open', count(*) from runs;`;

/** What the runs of before show, as the store would have written it. */
const showRuns = (database: Database.Database): void => {
  const ended = database.prepare<[], Pick<RunTable, "run_id" | "ending">>(
    "select run_id, ending from runs where ending is not null",
  );
  const leaves = database.prepare<[string], LedgerTable>("select * from ledger where run_id = ? order by seq");
  const show = database.prepare<[string | null, string]>("update runs set shown = ? where run_id = ?");
  for (const { run_id: run, ending } of ended.all()) show.run(shownOf(ending, leaves.all(run)), run);
};

/** Forward only: the schema version of a database is the number of these it has been through. */
export const MIGRATIONS: readonly ((database: Database.Database) => void)[] = [
  (database) => database.exec(FIRST),
  (database) => database.exec(SEAL_PROOF),
  (database) => database.exec(OUTBOX),
  (database) => {
    database.exec(RUN_LISTS);
    showRuns(database);
  },
];
