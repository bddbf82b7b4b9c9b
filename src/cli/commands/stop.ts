import { parseRunId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";

/** `cto stop RUN`: asks the process that holds the run to end it; the process tree dies with it. */
export const act: Act<{ readonly reason?: string }, [string]> = async (context, flags, given) => {
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is no run id`, "cto runs");
  const world = await context.openWorld(flags.home, "write");
  try {
    const row = await world.store.run(run);
    if (row === "absent") return usageError(`there is no run ${run}`, "cto runs");
    if (row.state === "ended")
      return {
        noun: "stop",
        exit: EXIT.done,
        data: { run, state: row.ending },
        text: `${run} has ended already: ${row.ending ?? ""}`,
      };
    if (!world.isAlive(row.holder))
      return {
        noun: "stop",
        exit: EXIT.done,
        data: { run, state: "interrupted" },
        text: `${run} is held by nobody any more\nnext      cto run ${row.work} goes on with it or ends it`,
      };
    if (row.holder.host !== world.holder.host)
      return usageError(
        `${run} is held on ${visible(row.holder.host)}; its process cannot be asked from here`,
        `cto stop ${run} there`,
      );
    await world.store.transact((ledger) =>
      ledger.appendLeaf({
        type: "run.stopping",
        actor: world.operator.user,
        channel: "cli",
        work: row.work,
        run,
        detail: { reason: flags.reason ?? "" },
      }),
    );
    if (world.isAlive(row.holder)) world.host.askToStop(row.holder);
    return {
      noun: "stop",
      exit: EXIT.done,
      data: { run, state: "stopping" },
      text: `stopping  ${run}  process ${row.holder.pid} was asked to end\nnext      cto show ${run}`,
    };
  } finally {
    await world.store.close();
  }
};
