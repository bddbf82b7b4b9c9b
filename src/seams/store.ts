import type { Checkpoint } from "../workflow/checkpoint.ts";
import type { WorkState } from "../workflow/contract/work-item.ts";
import type { Digest, Json } from "../workflow/digest.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import type { LedgerEntry, LedgerRecord, LedgerRow, LedgerType } from "../workflow/ledger.ts";
import type { NoticedEvent } from "../workflow/notice.ts";
import type { RunEnding } from "../workflow/run-state.ts";
import type { ShownState } from "../workflow/state-words.ts";
import type { StoreProblem } from "../workflow/store-problem.ts";

export { RUN_ENDINGS, type RunEnding } from "../workflow/run-state.ts";

/** The one database (engine.md 2). A stream is a run. Only facts and leaves are truth; rows are projections of them. */
export interface Store {
  /** All of `work` or nothing, serial with every other transaction of this home. */
  transact<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  /** The event lines of a run, in order, without line feeds. */
  facts(run: RunId): Promise<readonly string[]>;
  leaves(after: number): Promise<readonly LedgerRecord[]>;
  /** Some of the records, by an index and in their order; the number of the newest one about each work item that has one. */
  records(filter: RecordFilter): Promise<readonly LedgerRecord[]>;
  lastRecords(): Promise<ReadonlyMap<WorkId, number>>;
  document(digest: Digest): Promise<Uint8Array | "absent">;
  run(run: RunId): Promise<RunRow | "absent">;
  runs(filter: { readonly work?: WorkId; readonly open?: true }): Promise<readonly RunRow[]>;
  /** A page of the runs, the newest first: it costs what the page costs, however many there are. */
  listRuns(filter: RunListFilter): Promise<RunList>;
  /** How many runs show each state; those that are not ended are counted as `open`. */
  countRuns(): Promise<ReadonlyMap<string, number>>;
  works(filter?: { readonly state: WorkState }): Promise<readonly WorkRow[]>;
  work(work: WorkId): Promise<WorkRow | "absent">;
  seals(run: RunId): Promise<readonly SealRow[]>;
  /** Recomputes chain, tree and signed head; the sequence numbers at which it does not hold. A row that differs counts as its last record, or 0. */
  check(): Promise<readonly number[]>;
  /** The same and all else that can be recomputed: facts, documents, counts. */
  problems(): Promise<readonly StoreProblem[]>;
  /** Where the ledger stands; and everything of it as it lies there at one moment, for whoever believes nothing of it. */
  head(): Promise<LedgerHead>;
  raw(): Promise<RawLedger>;
  /** What the outbox holds, the newest first. */
  notices(limit: number): Promise<readonly KeptNotice[]>;
  deliveries(): Promise<Readonly<Record<DeliveryState, number>>>;
  /** Whether the outbox has something to do now: a notice that goes nowhere yet, or a delivery that is due. */
  isNoticeDue(nowMs: number): Promise<boolean>;
  /** Rejects with Failure `store/moved` where the ledger goes on elsewhere, since it was opened too: for whoever keeps it open. */
  mustBeHere(): Promise<void>;
  close(): Promise<void>;
}

/** Which records; every member that is there narrows. */
export interface RecordFilter {
  readonly work?: WorkId;
  readonly runs?: readonly RunId[];
  readonly approvalId?: string;
  readonly types?: readonly LedgerType[];
  readonly after?: number;
  /** The first ones, or the last ones, in order either way. */
  readonly limit?: number;
  readonly newest?: number;
}

/** Which runs; every member that is there narrows. */
export interface RunListFilter {
  readonly work?: WorkId;
  readonly targetId?: string;
  /** RFC 3339, UTC, as runs have it. */
  readonly since?: string;
  /** States of ended runs; none of them finds an open one. */
  readonly shown?: readonly ShownState[];
  /** Only runs that were ordered before this one. */
  readonly before?: RunId;
  readonly limit?: number;
}

export interface RunList {
  readonly rows: readonly RunRow[];
  /** Without `before` and `limit`. */
  readonly total: number;
}

export interface Ledger {
  /** Appends facts of a run, made by `event-chain.ts`; under a fence that is not the newest: Failure `store/fenced`. */
  append(run: RunId, lines: readonly string[], by: Fence | "unfenced"): Promise<void>;
  facts(run: RunId): Promise<readonly string[]>;
  /** Where the next fact of a run goes: its sequence and the digest it is chained to. */
  tip(run: RunId): Promise<{ readonly sequence: number; readonly prev: Digest }>;
  /**
   * One leaf of the home's ledger: gives it its number, time and previous digest, and writes the state that the table of
   * work items gives for it. A leaf that the table does not allow is a bug and writes nothing: ask `transition` before.
   */
  appendLeaf(entry: LedgerEntry): Promise<AppendedLeaf>;
  head(): Promise<LedgerHead>;
  leaves(after: number): Promise<readonly LedgerRecord[]>;
  /**
   * The next attempt of a step. From now on every older fence of this run is dead. Whoever has a fence names it: under one
   * that is not the newest, Failure `store/fenced`; who takes a run up has none.
   */
  beginAttempt(run: RunId, step: string, holder: Holder, after: Fence | "unfenced"): Promise<Fence>;
  /** True for the first claimant, and again for the same one; false for everybody else, for ever. */
  claimOnce(what: "approval" | "nonce" | "commit" | "outcome" | "rollback", id: string, by: string): Promise<boolean>;
  keep(kind: string, document: Uint8Array): Promise<Digest>;
  /**
   * The next run id of a work item, gap-free from `attemptMin` (1) on, with its row; refuses nothing: an open run of the
   * target answers "locked".
   */
  openRun(
    row: Omit<RunRow, "state" | "ending" | "runNo" | "token" | "run">,
    attemptMin?: number,
  ): Promise<RunRow | { readonly locked: RunRow }>;
  updateRun(run: RunId, change: Partial<Pick<RunRow, "state" | "ending" | "summary" | "holder">>): Promise<void>;
  /** Rows are written with their leaves; putting one that the fold does not give is a bug. */
  putWork(row: WorkRow): Promise<void>;
  /** The digests of a sealed bundle; the same revision twice must bring the same. */
  seal(row: Omit<SealRow, "at">): Promise<void>;
  work(work: WorkId): Promise<WorkRow | "absent">;
  run(run: RunId): Promise<RunRow | "absent">;
  /** What is to be told. A leaf that brings a state puts its own notice in, with itself. */
  readonly outbox: Outbox;
}

/** The notices of the home, and how far each one came on each of its channels. No part of the ledger: nothing rests on it. */
export interface Outbox {
  /** Of a state that was seen and is not recorded; false where it was noticed before. */
  post(notice: NoticedEvent): Promise<boolean>;
  /** Notices that do not yet go everywhere, the oldest first, from behind the given place. */
  unsent(after: number, limit: number): Promise<readonly KeptNotice[]>;
  /** Keeps the text of a notice for ever: whoever draws it again gets the first one. */
  draw(id: Digest, text: string): Promise<string>;
  /** Adds deliveries; those that are there stay as they are. "complete" when no more can come. */
  send(id: Digest, deliveries: readonly NewDelivery[], completeness: "complete" | "open"): Promise<void>;
  /**
   * Deliveries that are due on any channel but the given one, the oldest first. Each is lent until `untilMs`: nobody else
   * is given it before then, and then it is due again.
   */
  lend(nowMs: number, untilMs: number, except: string, limit: number): Promise<readonly LentDelivery[]>;
  /** Every delivery of one channel that waits, in the order of the notices; nothing while the oldest is not due. */
  waitingOn(channel: string, nowMs: number, limit: number): Promise<readonly LentDelivery[]>;
  /** What became of a delivery; one that was lent to another meanwhile stays as that one leaves it. */
  settle(lent: Pick<LentDelivery, "id" | "channel" | "attempt">, as: Settled): Promise<void>;
}

export interface KeptNotice extends NoticedEvent {
  /** Its place in the outbox. */
  readonly no: number;
  /** The CloudEvent, once it was drawn. */
  readonly text: string | null;
  readonly deliveries: readonly Delivery[];
}

export const DELIVERY_STATES = ["waiting", "delivered", "dead", "muted"] as const;
/** `dead` is a dead letter: nobody tries again by himself. `muted` goes nowhere, because the home says so. */
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export interface NewDelivery {
  readonly channel: string;
  readonly state: "waiting" | "muted";
  readonly dueMs: number;
}

interface Delivery {
  readonly channel: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly dueMs: number;
  /** Why the last attempt failed; empty where none did. */
  readonly problem: string;
}

export interface LentDelivery {
  readonly id: Digest;
  readonly channel: string;
  /** The number of this attempt, from 1 on. */
  readonly attempt: number;
  readonly text: string;
}

export type Settled =
  | { readonly state: "delivered" }
  | { readonly state: "waiting"; readonly dueMs: number; readonly problem: string }
  | { readonly state: "dead"; readonly problem: string };

/** A record, and what shows to others that it stands in the ledger. */
export interface AppendedLeaf extends LedgerRecord {
  /** C2SP tlog-proof against the checkpoint that was signed with this record. */
  readonly proof: string;
}

export interface LedgerHead {
  readonly checkpoint: Checkpoint;
  /** Digest of the last record's text; of nothing but the home's id while there is none. */
  readonly sha256: Digest;
  /** The checkpoint as the Harness signed it; empty while there is no record. */
  readonly note: string;
}

export interface RawLedger {
  readonly rows: readonly LedgerRow[];
  readonly head: { readonly seq: number; readonly sha256: string; readonly note: string; readonly runNo: number };
  /** Every run that has a row, by its number in the home. */
  readonly runs: readonly { readonly run: string; readonly runNo: number }[];
}

/** The right to append to a run: the token rises with every attempt of any step. */
export interface Fence {
  readonly run: RunId;
  readonly step: string;
  readonly attempt: number;
  readonly token: number;
}

/** The process that works on a run: enough to prove it dead. */
export interface Holder {
  readonly pid: number;
  /** Field 22 of /proc/<pid>/stat. */
  readonly pidStart: string;
  readonly bootId: string;
  readonly host: string;
}

export interface RunRow {
  readonly run: RunId;
  readonly runNo: number;
  readonly kind: "execute";
  readonly work: WorkId;
  readonly targetId: string;
  readonly ofRun: RunId | null;
  readonly state: "ordered" | "executing" | "committing" | "sealing" | "ended";
  readonly ending: RunEnding | null;
  readonly token: number;
  readonly orderedAt: string;
  readonly epochSeconds: number;
  readonly holder: Holder;
  readonly summary: { readonly [key: string]: Json | undefined };
}

export interface WorkRow {
  readonly work: WorkId;
  readonly state: WorkState;
  readonly lastRun: RunId | null;
}

/** With the digest of SHA256SUMS, and the C2SP tlog-proof of its record `run.sealed`; empty where it is older than proofs. */
export interface SealRow {
  readonly run: RunId;
  readonly revision: number;
  readonly sums: Digest;
  readonly bytes: number;
  readonly at: string;
  readonly proof: string;
}
