/** The states a work item can be in (R018). `blocked` is a reading of the gate and is never stored. */
export const WORK_STATES = [
  "candidate",
  "approved",
  "executing",
  "interrupted",
  "awaiting_outcome",
  "accepted",
  "rejected",
  "rollback_failed",
  "rolled_back",
  "superseded",
  "retired",
] as const;
export type WorkState = (typeof WORK_STATES)[number];

/** Who may cause a transition. `assistant`, `auditor` and `backend` cause nothing (R019). */
export const ACTORS = ["owner", "operator", "author", "harness", "auditor", "assistant", "backend"] as const;
export type Actor = (typeof ACTORS)[number];
