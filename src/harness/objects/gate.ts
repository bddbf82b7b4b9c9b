import type { Stage } from "../../workflow/stages.ts";

/** One precondition of a run. What it waits for is in its message. */
export interface GateCheckObject {
  readonly stage: Stage;
  readonly name: string;
  readonly status: "pass" | "block" | "not-evaluated";
  readonly message: string;
  /** Of the first reason against it. */
  readonly code?: string;
  readonly next?: string;
  readonly reasons?: readonly GateReason[];
}

export interface GateReason {
  readonly code: string;
  readonly says: string;
  readonly next: string;
}

/** Every precondition of now, asked without starting anything. */
export interface GateObject {
  readonly work: string;
  readonly open: boolean;
  readonly checks: readonly GateCheckObject[];
}
