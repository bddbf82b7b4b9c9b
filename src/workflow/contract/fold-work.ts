import type { RunId, WorkId } from "../ids.ts";
import type { LedgerEntry, LedgerRecord, LedgerType } from "../ledger.ts";
import { ruleOf, stateAfter, type WorkCause, type WorkRule, type WorkState } from "./work-item.ts";

/** A work item as its ledger records make it. `history` holds every record that concerned its state. */
export interface Work {
  readonly state: WorkState;
  readonly lastRun: RunId | null;
  readonly history: readonly WorkChange[];
}

interface WorkChange {
  readonly seq: number;
  readonly at: string;
  readonly rule: WorkRule["id"];
  readonly cause: WorkCause;
  readonly from: WorkState | "none";
  readonly to: WorkState;
  readonly run: RunId | null;
}

/** The state of every work item: a fold of the ledger and nothing else (R017). A record that cannot follow is a bug. */
export const foldWork = (records: Iterable<LedgerRecord>): ReadonlyMap<WorkId, Work> => {
  const works = new Map<WorkId, Work>();
  for (const record of records) {
    if (record.work === undefined) continue;
    const next = afterRecord(works.get(record.work) ?? "none", record);
    if (next !== "none") works.set(record.work, next);
  }
  return works;
};

/** One step of the fold. */
const afterRecord = (work: Work | "none", record: LedgerRecord): Work | "none" => {
  const cause = causeOf(record);
  const run = record.run ?? null;
  if (cause === "nothing") return work === "none" || run === null ? work : { ...work, lastRun: run };
  const from = work === "none" ? "none" : work.state;
  const rule = rowOf(from, cause, record);
  const to = stateAfter(from, rule);
  const change: WorkChange = { seq: record.seq, at: record.at, rule: rule.id, cause, from, to, run };
  const before = work === "none" ? { lastRun: null, history: [] } : work;
  return { state: to, lastRun: run ?? before.lastRun, history: [...before.history, change] };
};

/** What an entry does to the work item it names. An entry of an unknown type is a crash. */
export const causeOf = (entry: LedgerEntry): WorkCause | "nothing" => {
  const cause = CAUSES[entry.type];
  if (cause === undefined) throw new TypeError(`no such ledger record: ${entry.type}`);
  return typeof cause === "function" ? cause(entry) : cause;
};

const rowOf = (from: WorkState | "none", cause: WorkCause, entry: LedgerEntry): WorkRule => {
  const rule = ruleOf(from, cause);
  if (rule === undefined)
    throw new TypeError(
      `${entry.type} cannot follow: ${String(entry.work)} is ${from} and ${cause} is not in its table`,
    );
  return rule;
};

const retirement = ({ detail }: LedgerEntry): WorkCause => {
  const status = detail?.["status"];
  if (status === "superseded" || status === "retired") return status;
  throw new TypeError("work.retired names the packet's status: superseded or retired");
};

const interruption = ({ detail }: LedgerEntry): WorkCause =>
  typeof detail?.["commit"] === "string" ? "interrupted-after-commit" : "interrupted";

// Withdrawn while its run is under way, an approval is spent already: the run itself is stopped or voided. One that
// still waited for others to sign had approved nothing.
const withdrawal = ({ detail }: LedgerEntry): WorkCause | "nothing" =>
  detail?.["spent"] === true || detail?.["waited"] === true ? "nothing" : "withdrawn";

// Every bundle is sealed; only the seal over a proven commit moves the work item.
const seal = ({ detail }: LedgerEntry): WorkCause | "nothing" => {
  const result = detail?.["result"];
  if (typeof result !== "string") throw new TypeError("run.sealed names the result of its run");
  return result === "awaiting_outcome" ? "proven" : "nothing";
};

const CAUSES: Readonly<Record<LedgerType, WorkCause | "nothing" | ((entry: LedgerEntry) => WorkCause | "nothing")>> = {
  "ledger.opened": "nothing",
  "work.listed": "listed",
  "work.retired": retirement,
  "packet.linted": "nothing",
  "packet.reviewed": "nothing",
  "target.admitted": "nothing",
  "target.suspended": "admission-removed",
  "target.revoked": "admission-removed",
  "approval.challenged": "nothing",
  "approval.joined": "nothing",
  "approval.recorded": "approved",
  "approval.refused": "nothing",
  "approval.stale": "stale",
  "approval.expired": "expired",
  "approval.withdrawn": withdrawal,
  "approval.consumed": "started",
  "run.started": "nothing",
  "run.stopping": "nothing",
  "run.blocked": "blocked",
  "run.stopped": "stopped",
  "run.voided": "voided",
  "run.failed": "failed",
  "run.interrupted": interruption,
  "run.sealed": seal,
  "outcome.accepted": "accepted",
  "outcome.rejected": "rejected",
  "outcome.refused": "nothing",
  "rollback.done": "rolled-back",
  "rollback.failed": "rollback-unproven",
  "rollback.refused": "nothing",
  "command.refused": "nothing",
  "authority.changed": "nothing",
  "chain.break": "nothing",
};
