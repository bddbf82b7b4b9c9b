import path from "node:path";

import Database from "better-sqlite3";

import { shownOf } from "../src/adapters/store/run-shown-rows.ts";
import type { LedgerTable, RunTable } from "../src/adapters/store/tables.ts";
import type { World } from "../src/harness/world.ts";
import { parseDigest, type Digest } from "../src/workflow/digest.ts";
import { runId, workId, type RunId, type WorkId } from "../src/workflow/ids.ts";
import { ledgerText, readLedgerRecord, type LedgerEntry } from "../src/workflow/ledger.ts";
import type { RunEnding } from "../src/workflow/run-state.ts";

const ATTEMPTS = 10;
/** The same code writes the large stores: their check would take minutes. */
const CHECKED_MAX = 1_000;
const AT = "2026-01-01T00:00:00.000Z";
const BY = { actor: "jp", channel: "cli" } as const;

/**
 * Real, chained records of so many runs in one transaction: ten attempts at each work item, nine that the gate blocked; the
 * tenth was accepted, or blocked as well, in turn. Their checkpoint is signed once, with the record behind them; of a
 * small store the store's own check is asked whether all of it holds.
 */
export const fillRuns = async (world: World, runs: number): Promise<void> => {
  const database = new Database(path.join(world.stateFolder, "ledger.db"));
  const write = writerOf(database);
  database.transaction(() => {
    for (let at = 0; at < runs / ATTEMPTS; at += 1) workItem(write, numbered(at), at % 2 === 0);
    write.end();
  })();
  database.close();
  await world.store.transact((ledger) => ledger.appendLeaf({ ...BY, type: "packet.linted", work: numbered(0) }));
  const wrong = runs > CHECKED_MAX ? [] : await world.store.check();
  if (wrong.length > 0) throw new Error(`the store does not hold at ${wrong.slice(0, 5).join(", ")}`);
};

const numbered = (at: number): WorkId => {
  const work = workId(`CTO-WORK-${String(100_000 + at)}`);
  if (work === undefined) throw new TypeError("a work id has up to nine digits");
  return work;
};

const workItem = (write: Writer, work: WorkId, isAccepted: boolean): void => {
  const run = (attempt: number): RunId => runId(work, attempt);
  write.leaf({ ...BY, type: "work.listed", work });
  write.work(work, isAccepted ? "accepted" : "candidate", run(ATTEMPTS));
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1)
    if (attempt < ATTEMPTS || !isAccepted) blocked(write, work, run(attempt));
    else accepted(write, work, run(attempt));
};

const blocked = (write: Writer, work: WorkId, run: RunId): void => {
  const leaf = write.leaf({ ...BY, type: "run.blocked", work, run, refusals: ["approval/absent"] });
  write.run(work, run, "blocked", [leaf]);
};

const accepted = (write: Writer, work: WorkId, run: RunId): void => {
  const approvalId = `ap-${run}`;
  write.leaf({ ...BY, type: "approval.recorded", work, approvalId });
  const leaves = [
    write.leaf({ ...BY, type: "approval.consumed", work, run, approvalId }),
    write.leaf({ ...BY, type: "run.sealed", work, run, detail: { result: "awaiting_outcome" } }),
    write.leaf({ ...BY, type: "outcome.accepted", work, run }),
  ];
  write.run(work, run, "awaiting_outcome", leaves);
};

interface Writer {
  leaf(entry: LedgerEntry): LedgerTable;
  work(work: WorkId, state: string, lastRun: RunId): void;
  run(work: WorkId, run: RunId, ending: RunEnding, leaves: readonly LedgerTable[]): void;
  end(): void;
}

const writerOf = (database: Database.Database): Writer => {
  const head = database
    .prepare<[], { readonly seq: number; readonly run_no: number; readonly sha256: string }>(
      "select * from ledger_head",
    )
    .get();
  const start = parseDigest(head?.sha256 ?? "");
  if (head === undefined || start === undefined) throw new TypeError("a ledger has a head");
  let { seq, run_no: runNo } = head;
  let prev: Digest = start;
  const leaves = database.prepare(
    "insert into ledger values (@seq, @type, @work_id, @run_id, @approval_id, @body, @sha256, @prev)",
  );
  const works = database.prepare("insert into work_items values (?, ?, 1, ?)");
  const holder = JSON.stringify({ pid: 1, pidStart: "1", bootId: "b", host: "h" });
  const runs = database.prepare(
    `insert into runs values (@run_id, @run_no, 'execute', @work_id, @work_id, null, 'ended', @ending, 1, 0, '${AT}', 1,
      '${holder}', '{}', null)`,
  );
  const show = database.prepare("update runs set shown = ? where run_id = ?");
  return {
    leaf: (entry) => {
      seq += 1;
      const {
        work = null,
        run = null,
        approvalId = null,
        type,
        text,
        sha256,
      } = readLedgerRecord(ledgerText(entry, seq, AT, prev));
      const row = { seq, type, work_id: work, run_id: run, approval_id: approvalId, body: text, sha256, prev };
      prev = sha256;
      leaves.run(row);
      return row;
    },
    work: (work, state, lastRun) => void works.run(work, state, lastRun),
    run: (work, run, ending, own) => {
      runNo += 1;
      const row: Pick<RunTable, "run_id" | "run_no" | "work_id" | "ending"> = {
        run_id: run,
        run_no: runNo,
        work_id: work,
        ending,
      };
      runs.run(row);
      show.run(shownOf(ending, own), run);
    },
    // Without a tree the next writer makes it of the records.
    end: () =>
      void database
        .prepare("update ledger_head set seq = ?, run_no = ?, sha256 = ?, frontier = '', note = ''")
        .run(seq, runNo, prev),
  };
};
