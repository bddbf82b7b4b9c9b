const TONES = ["neutral", "info", "ok", "settled", "warn", "bad"] as const;
/** How a state looks: blocked is never `ok`. */
export type Tone = (typeof TONES)[number];

/** Of several states that apply to one work item, the first of this list is the one shown. */
export const SHOWN_STATES = [
  "tampered",
  "rollback_failed",
  "executing",
  "queued",
  "stopping",
  "awaiting_outcome",
  "rejected",
  "approved",
  "stale",
  "expired",
  "withdrawn",
  "voided(policy)",
  "voided(validation)",
  "voided(confinement)",
  "voided(no-change)",
  "failed",
  "interrupted",
  "stopped",
  "accepted",
  "rolled_back",
  "superseded",
  "retired",
  "blocked",
  "candidate",
] as const;
export type ShownState = (typeof SHOWN_STATES)[number];

/** The words of one state for every surface (surface.md 1). `{name}` in a word is a fact that its shower brings. */
export interface StateWords {
  readonly word: string;
  readonly tone: Tone;
  readonly subject: "work" | "approval" | "run" | "bundle";
  /** Who acts next, and by what. */
  readonly next: string;
  /** The record that puts something into this state. */
  readonly event: string;
  /** Shown before everything else. */
  readonly first: boolean;
}

const words = (subject: StateWords["subject"], tone: Tone, word: string, next: string, event: string): StateWords => ({
  word,
  tone,
  subject,
  next,
  event,
  first: false,
});

/** Every state and what it is called. */
export const STATE_WORDS: Readonly<Record<ShownState, StateWords>> = {
  candidate: words("work", "neutral", "Candidate, no packet yet", "author: cto packet lint", "work.listed"),
  blocked: words("work", "warn", "Blocked: {reason}", "by reason: cto gate", "gate.blocked"),
  approved: words("work", "info", "Approved, not started, expires {expires}", "operator: cto run", "approval.recorded"),
  stale: words("approval", "warn", "Approval stale: {moved}", "owner: cto approve", "approval.stale"),
  expired: words("approval", "warn", "Approval expired {expired}", "owner: cto approve", "approval.expired"),
  withdrawn: words("approval", "neutral", "Approval withdrawn by {by}", "owner: cto approve", "approval.withdrawn"),
  executing: words("run", "info", "Running: {stage}", "nobody; cto stop is open", "run.started"),
  queued: words("run", "info", "Waits for a worker, {place}", "nobody; cto stop is open", "run.ordered"),
  stopping: words("run", "neutral", "Stopping", "nobody", "run.stopping"),
  stopped: words("run", "neutral", "Stopped by {by}, target untouched", "owner: new approval", "run.stopped"),
  "voided(policy)": words(
    "run",
    "bad",
    "Voided: {what} is outside the contract",
    "owner: narrow the task or change the packet",
    "run.voided",
  ),
  "voided(validation)": words(
    "run",
    "bad",
    "Voided: validation failed, exit {exit}",
    "owner: read cto logs",
    "run.voided",
  ),
  "voided(confinement)": words(
    "run",
    "bad",
    "Voided: confinement did not hold, {canary}",
    "operator: cto doctor; owner informed",
    "run.voided",
  ),
  "voided(no-change)": words("run", "bad", "Voided: the agent changed nothing", "owner", "run.voided"),
  failed: words("run", "bad", "Failed: {code}, may be retried", "operator: cto doctor", "run.failed"),
  interrupted: words("run", "bad", "Interrupted at {stage}; target {target}", "operator: cto show", "run.interrupted"),
  awaiting_outcome: words("run", "warn", "Awaiting outcome", "owner: cto outcome", "run.sealed"),
  accepted: words("run", "ok", "Accepted", "nobody", "outcome.accepted"),
  rejected: words("run", "bad", "Rejected, rollback not done yet", "operator: cto rollback", "outcome.rejected"),
  rolled_back: words("run", "settled", "Rejected and rolled back, tree equals base", "nobody", "rollback.done"),
  rollback_failed: {
    ...words("run", "bad", "Rollback failed, act now", "operator, by the printed git commands", "rollback.failed"),
    first: true,
  },
  superseded: words("work", "settled", "Superseded by another packet", "nobody", "work.retired"),
  retired: words("work", "settled", "Retired", "nobody", "work.retired"),
  tampered: {
    ...words("bundle", "bad", "Evidence does not verify", "auditor: cto verify", "evidence.tampered"),
    first: true,
  },
};

/** The word of a state with its facts filled in. The facts may be hostile: escape what comes back. */
export const wordOf = (state: ShownState, facts: Readonly<Record<string, string | number>> = {}): string =>
  STATE_WORDS[state].word.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
