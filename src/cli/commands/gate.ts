import { openGate } from "../../workflow/gate/gate.ts";
import { runId, workId } from "../../workflow/ids.ts";
import { wordsOf } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import { readStanding } from "../../harness/read-standing.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";

/** `cto gate WORK-ID`: the same pure function that `cto run` asks, over the bytes of now. */
export const act: Act<object, [string]> = async (context, flags, given) => {
  const work = workId(given);
  if (work === undefined) return usageError(`${visible(given)} is no work item id`, "cto work list");
  const world = await context.openWorld(flags.home, "read");
  try {
    const now = world.clock.now();
    const attempts = (await world.store.runs({ work })).length;
    const { standing } = await readStanding(world, work, runId(work, attempts + 1), Math.floor(now.epochMs / 1000));
    const { checks, result } = openGate(standing);
    const rows = checks.map(({ status, stage, name, says, refusals: [first] }) => [
      status === "not-evaluated" ? "wait" : status,
      stage,
      first === undefined ? name : `${name} ${first.code}`,
      visible(first === undefined ? says : wordsOf(first).says),
    ]);
    const blocked = checks.filter(({ status }) => status !== "pass").length;
    const end = result.ok ? "Open: cto run would start." : `Blocked by ${blocked} of ${checks.length}. Nothing was started. The target was not written.`;
    return {
      noun: "gate",
      exit: result.ok ? EXIT.done : EXIT.refused,
      data: {
        open: result.ok,
        checks: checks.map(({ stage, name, status, says, refusals: [first] }) => ({
          stage,
          name,
          status,
          message: first === undefined ? says : wordsOf(first).says,
          ...(first === undefined ? {} : { code: first.code, next: wordsOf(first).next }),
        })),
      },
      text: `${work}\n${table(rows)}\n${end}`,
      ...(result.ok ? {} : { refusals: result.refusals }),
    };
  } finally {
    await world.store.close();
  }
};
