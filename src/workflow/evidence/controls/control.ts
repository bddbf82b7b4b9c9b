import type { FieldName } from "./fields.ts";

/** What an export says of a control for one run. It is about the evidence, never about the organisation. */
export const CONTROL_STATUSES = ["sufficient", "partial", "insufficient", "not-applicable"] as const;
export type ControlStatus = (typeof CONTROL_STATUSES)[number];

/** For which runs a control has something to ask at all. */
type ControlScope = "every-run" | "permitted-runs" | "commits" | "high-risk-runs";

/** One control of a framework: what it asks for in our words, and the fields of a bundle that speak to it (R143). */
export interface Control {
  readonly id: string;
  readonly asks: string;
  readonly scope: ControlScope;
  readonly fields: readonly FieldName[];
  /** No evidence of ours reaches further, whatever its fields say. */
  readonly atMost: Exclude<ControlStatus, "not-applicable">;
  /** Why not further; what the operator or somebody else has to show. */
  readonly because: string;
}

export interface Framework {
  readonly id: string;
  readonly title: string;
  readonly controls: readonly Control[];
}
