import type { LedgerType } from "../../../workflow/ledger-types.ts";
import type { Tone } from "../../../workflow/state-words.ts";

/** How a record reads as news; what is missing here is no news to somebody who comes back. */
export const NEWS: Readonly<Partial<Record<LedgerType, { readonly word: string; readonly tone: Tone }>>> = {
  "outcome.accepted": { word: "Accepted", tone: "ok" },
  "outcome.rejected": { word: "Rejected", tone: "bad" },
  "rollback.done": { word: "Rolled back", tone: "settled" },
  "rollback.failed": { word: "Rollback failed", tone: "bad" },
  "run.started": { word: "Run started", tone: "info" },
  "run.sealed": { word: "Evidence sealed", tone: "neutral" },
  "run.blocked": { word: "Blocked, nothing was started", tone: "warn" },
  "run.voided": { word: "Voided", tone: "bad" },
  "run.failed": { word: "Failed", tone: "bad" },
  "run.interrupted": { word: "Interrupted", tone: "bad" },
  "run.stopped": { word: "Stopped", tone: "neutral" },
  "approval.recorded": { word: "Approved", tone: "info" },
  "approval.joined": { word: "Approved by one of several", tone: "info" },
  "approval.withdrawn": { word: "Approval withdrawn", tone: "neutral" },
  "approval.stale": { word: "Approval stale", tone: "warn" },
  "approval.expired": { word: "Approval expired", tone: "warn" },
  "approval.refused": { word: "Approval refused", tone: "warn" },
  "outcome.refused": { word: "Outcome refused", tone: "warn" },
  "target.admitted": { word: "Target admitted", tone: "info" },
  "target.suspended": { word: "Target suspended", tone: "warn" },
  "target.revoked": { word: "Target revoked", tone: "warn" },
  "authority.changed": { word: "Authority changed", tone: "warn" },
  "chain.break": { word: "The ledger's chain is broken", tone: "bad" },
};
