import type { Trust } from "../../workflow/trust.ts";

/** One line of a run's logs, escaped: it can steer no terminal and hide nothing of itself. */
export interface LogLine {
  /** From 1, within its stream. */
  readonly n: number;
  readonly stream: string;
  readonly text: string;
  readonly trust: Trust;
}

/** The lines that were asked for, and the names of all that printed into the log, in its order. */
export interface LogRead {
  readonly lines: readonly LogLine[];
  readonly streams: readonly string[];
  /** How many lines there are whatever their text. */
  readonly total: number;
}
