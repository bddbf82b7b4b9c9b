import type { Digest, Json } from "./digest.ts";
import type { RunId, WorkId } from "./ids.ts";

/** Every kind of governance record (evidence.md 5). Unknown ones are a crash. */
export const LEDGER_TYPES = [
  "ledger.opened",
  "work.listed",
  "work.retired",
  "packet.linted",
  "packet.reviewed",
  "target.admitted",
  "target.suspended",
  "target.revoked",
  "approval.challenged",
  "approval.recorded",
  "approval.refused",
  "approval.stale",
  "approval.expired",
  "approval.withdrawn",
  "approval.consumed",
  "run.started",
  "run.stopping",
  "run.blocked",
  "run.stopped",
  "run.voided",
  "run.failed",
  "run.interrupted",
  "run.sealed",
  "outcome.accepted",
  "outcome.rejected",
  "outcome.refused",
  "rollback.done",
  "rollback.failed",
  "rollback.refused",
  "command.refused",
  "authority.changed",
  "chain.break",
] as const;
export type LedgerType = (typeof LEDGER_TYPES)[number];

/** What a command wants to record. */
export interface LedgerEntry {
  readonly type: LedgerType;
  /** Principal name, or `uid:<n>` where nobody signed. */
  readonly actor: string;
  readonly channel: "cli" | "harness";
  readonly work?: WorkId;
  readonly run?: RunId;
  readonly approvalId?: string;
  readonly digests?: { readonly [name: string]: Digest };
  readonly refusals?: readonly string[];
  readonly detail?: { readonly [key: string]: Json | undefined };
}

/** A leaf: the exact text of one JSON record, chained by `prev` to the one before. */
export interface LedgerRecord extends LedgerEntry {
  readonly seq: number;
  readonly at: string;
  /** SHA-256 of the previous record's text; of `cto-harness/ledger/v1` LF home id for the first. */
  readonly prev: Digest;
  /** SHA-256 of this record's text. */
  readonly sha256: Digest;
  readonly text: string;
}
