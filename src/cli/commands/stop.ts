import { stopRun, type Stop } from "../../harness/run/stop-run.ts";
import { parseRunId, type RunId } from "../../workflow/ids.ts";
import { nearest } from "../../workflow/nearest.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto stop RUN`: asks the process that holds the run to end it; the process tree dies with it. */
export const act: Act<{ readonly reason?: string }, [string]> = async (context, flags, given) => {
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is no run id`, "cto runs");
  return withWorld(context, flags, "write", async (world) => {
    const stop = await stopRun(world, run, flags.reason ?? "");
    if (stop.kind !== "absent") return answer(run, stop);
    // A beginning is not enough to end a run by; the nearest ones are told.
    const near = nearest(
      run,
      (await world.store.runs({})).map((row) => row.run),
    );
    return usageError(
      `there is no run ${run}${near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`}`,
      "cto runs",
    );
  });
};

const answer = (run: RunId, stop: Exclude<Stop, { readonly kind: "absent" }>): Answer => {
  switch (stop.kind) {
    case "ended":
      return told(run, stop.ending, `${run} has ended already: ${stop.ending ?? ""}`);
    case "unheld":
      return told(
        run,
        "interrupted",
        `${run} is held by nobody any more\nnext      cto run ${stop.row.work} goes on with it or ends it`,
      );
    case "waits":
      return told(
        run,
        "stopping",
        `stopping  ${run}  no worker has it yet; whoever takes it ends it\nnext      cto run ${stop.row.work} does so now`,
      );
    case "asked":
      return told(run, "stopping", `stopping  ${run}  process ${stop.pid} was asked to end\nnext      cto show ${run}`);
  }
};

const told = (run: RunId, state: string | null, text: string): Answer => ({
  noun: "stop",
  exit: EXIT.done,
  data: { run, state },
  text,
});
