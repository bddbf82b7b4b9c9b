import type { RunResult } from "../../harness/run/run.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { Verdict } from "../../workflow/evidence/verify/verdict.ts";
import type { HostAct } from "./case-form.ts";

/** One run of a case, with the evidence that it sealed. */
export interface PlayedRun {
  readonly result: RunResult;
  readonly lines: readonly string[];
  readonly report: Report;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** As the bundle was sealed, before anybody on the host touched it. */
  readonly verdict: Verdict;
  /** What the commands of the agent printed. */
  readonly printed: string;
}

/** What one act on the host came to, and what it changed that it must not have changed. */
export interface PlayedAct {
  readonly act: HostAct;
  readonly exit: number;
  readonly output: string;
  readonly changed: readonly string[];
}

/** Everything that is known of a case that was played. */
export interface Played {
  readonly run: PlayedRun | "none";
  readonly acts: readonly PlayedAct[];
  /** The bundle as it stands in the end; the same as `run.verdict` where nobody touched it. */
  readonly verdict: Verdict | "none";
  /** What does not hold of the six things that hold after every case. */
  readonly aftermath: readonly string[];
}

/** Whether a case held; by what, or what is wrong. */
export interface Judgement {
  readonly held: boolean;
  readonly got: string;
  readonly by: string;
  readonly wrong: readonly string[];
}
