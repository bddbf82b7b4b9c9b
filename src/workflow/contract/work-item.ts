import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";

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

/** What can happen to a work item, one word for each cause of requirements.md section 3. */
export const WORK_CAUSES = [
  "listed",
  "approved",
  "stale",
  "expired",
  "withdrawn",
  "admission-removed",
  "blocked",
  "started",
  "voided",
  "failed",
  "stopped",
  "interrupted",
  "interrupted-after-commit",
  "proven",
  "accepted",
  "rejected",
  "rolled-back",
  "rollback-unproven",
  "superseded",
  "retired",
] as const;
export type WorkCause = (typeof WORK_CAUSES)[number];

/** A row of the table. `none` is a work id that was never listed. A pair of state and cause stands in one row only. */
export interface WorkRule {
  readonly id: `W${string}`;
  readonly from: readonly (WorkState | "none")[];
  readonly cause: WorkCause;
  readonly to: WorkState | "unchanged";
  readonly by: readonly Actor[];
}

/** The complete table, W01 to W17; a row with several causes is written once for each. */
export const WORK_RULES: readonly WorkRule[] = [
  { id: "W01", from: ["none"], cause: "listed", to: "candidate", by: ["author"] },
  { id: "W02", from: ["candidate"], cause: "approved", to: "approved", by: ["owner"] },
  { id: "W03", from: ["approved"], cause: "stale", to: "candidate", by: ["harness"] },
  { id: "W03", from: ["approved"], cause: "expired", to: "candidate", by: ["harness"] },
  // Anyone who can write the home may take authority away.
  { id: "W04", from: ["approved"], cause: "withdrawn", to: "candidate", by: ["owner", "operator", "author"] },
  { id: "W04", from: ["approved"], cause: "admission-removed", to: "candidate", by: ["owner", "operator", "author"] },
  { id: "W05", from: ["candidate", "approved"], cause: "blocked", to: "unchanged", by: ["operator"] },
  { id: "W06", from: ["approved"], cause: "started", to: "executing", by: ["operator"] },
  { id: "W07", from: ["executing"], cause: "voided", to: "candidate", by: ["harness"] },
  { id: "W08", from: ["executing"], cause: "failed", to: "candidate", by: ["harness"] },
  { id: "W09", from: ["executing"], cause: "stopped", to: "candidate", by: ["owner", "operator"] },
  { id: "W09", from: ["executing"], cause: "interrupted", to: "candidate", by: ["harness"] },
  { id: "W10", from: ["executing"], cause: "proven", to: "awaiting_outcome", by: ["harness"] },
  { id: "W11", from: ["executing"], cause: "interrupted-after-commit", to: "interrupted", by: ["harness"] },
  { id: "W12", from: ["interrupted"], cause: "proven", to: "awaiting_outcome", by: ["operator"] },
  { id: "W13", from: ["awaiting_outcome"], cause: "accepted", to: "accepted", by: ["owner"] },
  { id: "W14", from: ["awaiting_outcome", "interrupted"], cause: "rejected", to: "rejected", by: ["owner"] },
  {
    id: "W15",
    from: ["rejected", "rollback_failed"],
    cause: "rolled-back",
    to: "rolled_back",
    by: ["operator", "owner"],
  },
  { id: "W16", from: ["rejected"], cause: "rollback-unproven", to: "rollback_failed", by: ["harness"] },
  { id: "W17", from: ["candidate", "approved"], cause: "superseded", to: "superseded", by: ["author"] },
  { id: "W17", from: ["candidate", "approved"], cause: "retired", to: "retired", by: ["author"] },
];

/** The state after a cause, or the refusal of every pair and every actor that the table does not list (R019). */
export const transition = (state: WorkState | "none", cause: WorkCause, actor: Actor): Result<WorkState, Refusal> => {
  const rule = ruleOf(state, cause);
  if (rule === undefined || !rule.by.includes(actor))
    return refuse(refusal("work/transition-refused", { state, cause, actor }));
  return ok(stateAfter(state, rule));
};

/** The row for a state and a cause, whoever causes it. */
export const ruleOf = (state: WorkState | "none", cause: WorkCause): WorkRule | undefined =>
  WORK_RULES.find((rule) => rule.cause === cause && rule.from.includes(state));

/** Where a row leads. A row that leaves a state unchanged has no way in from `none`. */
export const stateAfter = (state: WorkState | "none", rule: WorkRule): WorkState => {
  if (rule.to !== "unchanged") return rule.to;
  if (state === "none") throw new TypeError(`${rule.id} cannot leave an unlisted work item as it is`);
  return state;
};
