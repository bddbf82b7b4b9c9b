import type { Refusal } from "../refusal.ts";

/** How a run can end. The verdict of `cto verify` is about the evidence, never about this. */
export const ENDINGS = ["awaiting_outcome", "blocked", "voided", "failed", "stopped", "interrupted"] as const;
export type EndingKind = (typeof ENDINGS)[number];

export interface Ending {
  readonly kind: EndingKind;
  /** Every reason, in the line's order; none where the run awaits its outcome. */
  readonly refusals: readonly Refusal[];
  readonly failure: { readonly code: string; readonly message: string } | "none";
  /** The stage that the run had reached, for `stopped`, `failed` and `interrupted`; `end` where it came to its end. */
  readonly at: string;
}

/** How far a run came: it decides which files its bundle must hold. */
export const REACHES = ["gate", "permit", "commit"] as const;
export type Reach = (typeof REACHES)[number];
