import { assertNever } from "../../assert-never.ts";
import type { Control, ControlStatus } from "./control.ts";
import { restOf, type FieldRest } from "./fields.ts";
import type { ControlView } from "./view.ts";

/** What one run's evidence comes to for one control, and every field that this rests on. */
export interface JudgedControl {
  readonly control: string;
  readonly status: ControlStatus;
  readonly restsOn: readonly FieldRest[];
}

/**
 * The ceiling where every field holds; a step lower where one is missing or failed; nothing where half of them are. What a
 * bundle that does not verify says counts for nothing (R143).
 */
export const judgeControl = (control: Control, view: ControlView, isVerified: boolean): JudgedControl => {
  if (!isInScope(control, view)) return { control: control.id, status: "not-applicable", restsOn: [] };
  const restsOn = control.fields.map((name) => restOf(name, view));
  const lacking = restsOn.filter(({ holds }) => !holds).length;
  const steps = !isVerified || lacking * 2 >= restsOn.length ? 2 : lacking > 0 ? 1 : 0;
  return { control: control.id, status: lowered(control.atMost, steps), restsOn };
};

const LADDER = ["sufficient", "partial", "insufficient"] as const;

const lowered = (from: Control["atMost"], steps: number): ControlStatus =>
  LADDER[Math.min(LADDER.indexOf(from) + steps, LADDER.length - 1)] ?? "insufficient";

const isInScope = ({ scope }: Control, { report, json }: ControlView): boolean => {
  switch (scope) {
    case "every-run":
      return true;
    case "permitted-runs":
      return report.approval !== null;
    case "commits":
      return report.commit !== null;
    case "high-risk-runs":
      return report.approval !== null && riskIn(json("approval/admission.json")) !== LOW_RISK;
    default:
      return assertNever(scope);
  }
};

// Ordinary coding work is normally not high-risk (R146).
const LOW_RISK = "low_risk_noncritical";

const riskIn = (admission: unknown): unknown =>
  typeof admission === "object" && admission !== null && "riskClassification" in admission
    ? admission.riskClassification
    : undefined;
