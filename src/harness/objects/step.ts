import type { Json } from "../../workflow/json.ts";
import type { Stage } from "../../workflow/stages.ts";
import type { Trust } from "../../workflow/trust.ts";

/** One fact of a run. What agent or backend claim is in `trust`; texts in `detail` may be hostile. */
export interface Step {
  readonly seq: number;
  readonly stage: Stage;
  /** The kind of fact, such as `tool.started`. */
  readonly label: string;
  readonly trust: Trust;
  readonly startedAt: string;
  /** Until the fact that ended what began here; not there where nothing ended it yet. */
  readonly ms?: number;
  readonly subject: string;
  readonly detail: { readonly [key: string]: Json | undefined };
}

/** A page of the facts of a run, and how many it has in all. */
export interface StepPage {
  readonly steps: readonly Step[];
  readonly total: number;
}
