import type { Json } from "../../workflow/json.ts";
import type { LedgerType } from "../../workflow/ledger-types.ts";

/** One record of the ledger, as it was chained. */
export interface AuditEntry {
  readonly seq: number;
  readonly at: string;
  readonly type: LedgerType;
  /** Principal name, or `uid:<n>` where nobody signed. */
  readonly actor: string;
  readonly channel: "cli" | "web" | "harness";
  readonly work?: string;
  readonly run?: string;
  readonly approvalId?: string;
  readonly digests?: { readonly [name: string]: string };
  readonly refusals?: readonly string[];
  readonly detail?: { readonly [key: string]: Json | undefined };
  readonly prev: string;
  readonly sha256: string;
  /** The exact text that is hashed. */
  readonly text: string;
}

/** A page of the ledger, the oldest first, and how many records it has. */
export interface AuditPage {
  readonly entries: readonly AuditEntry[];
  readonly size: number;
  /** How many of them are about the work item or run that was asked for. */
  readonly matches?: number;
}
