import { refusal, type Refusal } from "../refusal.ts";
import type { CriterionResult } from "../validation/criteria.ts";

/** What is known when the owner decides (R119, R120). */
export interface Decision {
  readonly outcome: "accepted" | "rejected";
  readonly reason: string;
  readonly acknowledged: readonly string[];
  readonly run: {
    readonly id: string;
    readonly state: string;
    readonly criteria: readonly Pick<CriterionResult, "id" | "status">[];
    /** Codes of findings and denied attempts that the report holds. */
    readonly toAcknowledge: readonly string[];
  };
  /** The verdict over the bundle as it is on disk now, or "absent". */
  readonly evidence: "PASS" | "FAIL" | "NOT-PROVEN" | "absent";
  /** "none" before the first. */
  readonly alreadyRecorded: string;
}

/** Every objection to an outcome; a rejection needs a reason and a commit, nothing else. */
export function* objectionsTo({
  outcome,
  reason,
  acknowledged,
  run,
  evidence,
  alreadyRecorded,
}: Decision): Iterable<Refusal> {
  if (alreadyRecorded !== "none") {
    yield refusal("outcome/already-recorded", { run: run.id, outcome: alreadyRecorded });
    return;
  }
  if (run.state !== "awaiting_outcome" && !(run.state === "interrupted" && outcome === "rejected")) {
    yield refusal("outcome/nothing-to-decide", { run: run.id, state: run.state });
    return;
  }
  if (outcome === "rejected") {
    if (reason.trim() === "") yield refusal("outcome/reason-missing", { run: run.id });
    return;
  }
  if (evidence !== "PASS") yield refusal("outcome/evidence-does-not-verify", { run: run.id, verdict: evidence });
  for (const { id, status } of run.criteria)
    if (status === "not-proven") yield refusal("outcome/criterion-not-proven", { run: run.id, id });
  for (const code of run.toAcknowledge)
    if (!acknowledged.includes(code)) yield refusal("outcome/finding-not-acknowledged", { run: run.id, code });
}
