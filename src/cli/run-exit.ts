import type { Watched } from "../harness/reading/watch-run.ts";
import type { RunEnding } from "../seams/store.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";

/** The exit code of a run that ended, for `cto run` and `cto watch`. */
export const EXIT_OF_RUN: Readonly<Record<RunEnding, ExitCode>> = {
  awaiting_outcome: EXIT.done,
  blocked: EXIT.refused,
  voided: EXIT.voided,
  failed: EXIT.failed,
  interrupted: EXIT.failed,
  stopped: EXIT.stopped,
};

/** The exit code of whoever only looked on. */
export const EXIT_OF_WATCH: Readonly<Record<Watched, ExitCode>> = {
  ended: EXIT.done,
  left: EXIT.stopped,
  unheld: EXIT.failed,
};
