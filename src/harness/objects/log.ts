import type { Trust } from "../../workflow/trust.ts";

/** One line of a run's logs, escaped: it can steer no terminal and hide nothing of itself. */
export interface LogLine {
  /** From 1, within its stream. */
  readonly n: number;
  readonly stream: string;
  readonly text: string;
  readonly trust: Trust;
}
