import type { Report } from "../schemas/report.ts";
import type { Check } from "../verify/verdict.ts";

/** One sealed run, verified, as its controls are judged. */
export interface ControlView {
  readonly report: Report;
  readonly checks: readonly Check[];
  /** SHA-256 of each file of the bundle. */
  readonly digests: ReadonlyMap<string, string>;
  /** JSON files of the bundle as read; undefined for what is absent or is no JSON. */
  readonly json: (file: string) => unknown;
  /** What the ledger of the home says was decided of it. */
  readonly outcome: "accepted" | "rejected" | "none";
}
