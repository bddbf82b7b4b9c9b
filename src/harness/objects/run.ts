import type { VerdictWord } from "../../workflow/evidence/verify/verdict.ts";
import type { ShownState } from "../../workflow/state-words.ts";
import type { CanaryVerdict } from "../../workflow/vocabulary.ts";
import type { ReplayLevelObject } from "./replay.ts";
import type { OrderObject } from "./worker.ts";

interface RunHead {
  readonly run: string;
  readonly work: string;
  readonly state: ShownState;
  /** The code that ended it. */
  readonly reason?: string;
  /** The state in words, facts filled in. May quote the target. */
  readonly word: string;
  readonly commit?: string;
  readonly startedAt: string;
  readonly tookMs?: number;
  /** Where its order stands, while it has not ended. */
  readonly order?: OrderObject;
  readonly next: string;
  /** Number of its newest ledger entry. */
  readonly seq: number;
}

/** One run as a row of a list. */
export interface RunRow extends RunHead {
  /** Who asked for it: a principal, or `uid:<n>` where nobody signed. */
  readonly by: string;
  /** Of its work item. May quote the packet. */
  readonly title?: string;
  readonly kind: "execute" | "rollback";
}

/** A page of runs, the newest first, and how many the filter lets through. */
export interface RunPage {
  readonly runs: readonly RunRow[];
  readonly total: number;
}

/** The Run object of every surface (surface.md 4.5): what only a sealed report says is left out before the seal. */
export interface RunObject extends RunHead, Partial<RunReport> {
  /** Of its work item, as its list or packet has it now. May quote the packet. */
  readonly title?: string;
  /** Whom the packet of its work item names now. */
  readonly owner?: string;
  readonly base?: string;
  readonly stages: readonly { readonly name: string; readonly ms: number }[];
  /** Each pass over a sandbox, before and after what ran in it. */
  readonly canaries: readonly CanaryPassObject[];
  /** Path of its bundle in the home. */
  readonly bundle?: string;
  readonly outcome?: RunOutcome;
  readonly rollback?: RunRollback;
  /** Of the bytes that lie there as it is asked; `at` is when they were read. */
  readonly verify?: { readonly verdict: VerdictWord; readonly at: string };
}

/** What was tried of a sandbox in one pass; nothing where it could not be tried, which proves nothing. */
export interface CanaryPassObject {
  readonly pass: string;
  /** What the sandbox was for: the agent, or a validation. */
  readonly purpose: string;
  readonly event: number;
  readonly results: { readonly [canary: string]: CanaryVerdict };
}

export interface RunOutcome {
  readonly outcome: "accepted" | "rejected";
  readonly by: string;
  readonly reason: string;
  readonly at: string;
  /** Number of its ledger entry. */
  readonly seq: number;
}

export interface RunRollback {
  readonly state: "done" | "failed";
  readonly by: string;
  readonly at: string;
  /** Number of its ledger entry. */
  readonly seq: number;
  /** The commit that restores the base, and its tree; null where the record names none. */
  readonly commit: string | null;
  readonly tree: string | null;
  readonly equalsBase: boolean;
}

/** What the sealed report of a run says. */
export interface RunReport {
  readonly says: string;
  /** Path of the target; not there where no contract was drawn. */
  readonly target?: string;
  readonly backend: { readonly name: string; readonly version: string } | null;
  /** What its agents used of their model, as the relay counted it; the cost in millionths. */
  readonly model?: RunModelUse;
  readonly criteria: readonly RunCriterion[];
  /** Everything that was denied. */
  readonly attempts: readonly RunAttempt[];
  readonly findings: readonly { readonly code: string; readonly says: string }[];
  /** All ten, always. */
  readonly forbiddenActions: readonly RunAction[];
  /** Said by agent or backend: proves nothing. */
  readonly claims: readonly RunClaim[];
  readonly replayPaths: readonly ReplayLevelObject[];
  readonly approval: RunApproval | null;
  readonly runtimeDefaultActivation: { readonly before: boolean; readonly after: boolean };
  readonly refusals: readonly { readonly code: string; readonly says: string; readonly next: string }[];
}

export interface RunModelUse {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly estimated: boolean;
  readonly cost: { readonly micros: number; readonly currency: string } | null;
}

export interface RunCriterion {
  readonly id: string;
  readonly text: string;
  readonly check: string;
  readonly status: "proven" | "not-proven" | "owner-judged";
  readonly says: string;
  readonly cites: readonly { readonly file: string; readonly line: number | null; readonly sha256: string | null }[];
}

export interface RunAttempt {
  readonly action: string;
  readonly rule: string;
  readonly detail: string;
  readonly verdict: "denied";
  readonly events: readonly number[];
}

export interface RunAction {
  readonly action: string;
  readonly verdict: "not possible" | "not observed" | "attempted and denied" | "violated";
  readonly events: readonly number[];
}

export interface RunClaim {
  readonly event: number;
  readonly type: string;
  readonly text: string;
}

export interface RunApproval {
  readonly approvalId: string;
  readonly principal: string;
  readonly assurance: string;
  readonly identity: "verified" | "attested";
  readonly keyFingerprint: string | null;
  readonly sentence: string;
  readonly selfApproved: boolean;
  readonly quorum?: {
    readonly required: number;
    readonly signed: readonly {
      readonly principal: string;
      readonly assurance: string;
      readonly keyFingerprint: string | null;
    }[];
  };
}
