import type { RunRow } from "../../seams/store.ts";
import { FAILURES, isFailureCode } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { STATE_WORDS, type ShownState } from "../../workflow/state-words.ts";

/** What to do about a run in a state. */
export const nextOf = (state: ShownState, row: RunRow, reason: string | null): string =>
  NEXT[state]?.(row, reason) ?? STATE_WORDS[state].next;

/** The owner's two commands over a run, the first of them naming what it has to acknowledge. */
export const outcomeCommands = (run: RunId, acknowledge: readonly string[]): string =>
  `cto outcome ${run} --accept${acknowledge.map((code) => ` --acknowledge ${code}`).join("")} --key KEY, or --reject --reason TEXT --key KEY`;

/** What to do after a failure, for the run that it ended. */
export const afterFailure = (run: RunId, code: string): string =>
  isFailureCode(code) ? FAILURES[code].replaceAll("RUN", run) : `cto logs ${run}`;

const NEXT: Readonly<Partial<Record<ShownState, (row: RunRow, reason: string | null) => string>>> = {
  executing: ({ run }) => `cto stop ${run}`,
  queued: ({ work }) => `cto worker takes it; cto run ${work} does so here`,
  interrupted: ({ run, work, ending }) =>
    ending === null
      ? `cto run ${work} goes on with it or ends it`
      : `cto show ${run}, then cto outcome ${run} --reject --reason TEXT --key KEY`,
  awaiting_outcome: ({ run }) => `cto show ${run}, then ${outcomeCommands(run, [])}`,
  rejected: ({ run }) => `cto rollback ${run}`,
  rollback_failed: ({ run }) => `cto rollback ${run}`,
  "voided(validation)": ({ run }) => `cto logs ${run} --failed`,
  "voided(policy)": ({ run }) => `cto diff ${run}`,
  "voided(confinement)": () => "cto doctor",
  "voided(no-change)": ({ run }) => `cto logs ${run}`,
  failed: ({ run }, reason) => afterFailure(run, reason ?? ""),
  stopped: ({ work }) => `cto approve ${work} --key KEY`,
  blocked: ({ work }) => `cto gate ${work}`,
};
