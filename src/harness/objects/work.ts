import type { ShownState } from "../../workflow/state-words.ts";

/** Who acts next. */
export type Actor = "owner" | "operator" | "author" | "auditor" | "nobody";

/** A work item in the one state that it shows; what is not there is left out. Texts may quote documents. */
export interface WorkObject {
  readonly work: string;
  readonly state: ShownState;
  /** The state in words, facts filled in. */
  readonly word: string;
  readonly title?: string;
  /** A refusal code, or the code that ended its last run. */
  readonly reason?: string;
  /** Path of the packet that proposes it. */
  readonly packet?: string;
  readonly target?: string;
  readonly lastRun?: string;
  readonly owner?: string;
  /** When its newest ledger entry was made. */
  readonly since?: string;
  readonly who: Actor;
  readonly next: string;
}

/** A work item with everything that is recorded about it, the oldest first. */
export interface WorkWithHistory extends WorkObject {
  readonly history: readonly WorkChange[];
}

/** One ledger entry about a work item, and the state that it led to. */
export interface WorkChange {
  readonly state: ShownState | "unchanged";
  readonly at: string;
  readonly by: string;
  readonly event: string;
  readonly seq: number;
  readonly run: string | null;
}
