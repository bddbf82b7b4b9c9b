/** The rows as they lie in the database (engine.md 2). What comes out is parsed in `rows.ts` before it is believed. */
export interface Tables {
  readonly documents: DocumentTable;
  readonly facts: FactTable;
  readonly ledger: LedgerTable;
  readonly ledger_head: LedgerHeadTable;
  readonly claims: ClaimTable;
  readonly work_items: WorkItemTable;
  readonly runs: RunTable;
  readonly run_counts: RunCountTable;
  readonly attempts: AttemptTable;
  readonly seals: SealTable;
  readonly outbox: OutboxTable;
  readonly deliveries: DeliveryTable;
}

interface DocumentTable {
  digest: string;
  kind: string;
  body: Uint8Array;
  at: string;
}

interface FactTable {
  stream: string;
  seq: number;
  type: string;
  line: string;
  sha256: string;
}

export interface LedgerTable {
  seq: number;
  type: string;
  work_id: string | null;
  run_id: string | null;
  approval_id: string | null;
  body: string;
  sha256: string;
  prev: string;
}

interface LedgerHeadTable {
  id: number;
  seq: number;
  run_no: number;
  sha256: string;
  frontier: string;
  note: string;
}

interface ClaimTable {
  what: string;
  id: string;
  claimant: string;
  at: string;
}

export interface WorkItemTable {
  work_id: string;
  state: string;
  version: number;
  run_id: string | null;
}

export interface RunTable {
  run_id: string;
  run_no: number;
  kind: string;
  work_id: string;
  target_id: string;
  of_run: string | null;
  state: string;
  ending: string | null;
  version: number;
  token: number;
  ordered_at: string;
  epoch: number;
  holder: string;
  summary: string;
  /** What an ended run shows, a copy of what the ledger says of it; null while it is open. */
  shown: string | null;
}

/** Kept by triggers of `runs`. */
interface RunCountTable {
  shown: string;
  runs: number;
}

interface AttemptTable {
  run_id: string;
  token: number;
  step: string;
  attempt: number;
  holder: string;
  at: string;
}

export interface SealTable {
  run_id: string;
  revision: number;
  sums: string;
  bytes: number;
  at: string;
  proof: string;
}

export interface OutboxTable {
  no: number;
  id: string;
  at: string;
  work_id: string;
  run_id: string | null;
  state: string;
  reason: string | null;
  body: string | null;
  sent: number;
}

export interface DeliveryTable {
  id: string;
  channel: string;
  state: string;
  attempts: number;
  due: number;
  problem: string;
}
