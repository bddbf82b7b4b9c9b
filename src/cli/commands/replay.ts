import { REPLAY_LEVELS, replay } from "../../harness/replay.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";

/** `cto replay RUN --level L`: does a part of a sealed run again in scratch and compares; asking the model again is not replay. */
export const act: Act<{ readonly level: string }, [string]> = async (context, flags, given) => {
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is no run id`, "cto runs");
  const level = REPLAY_LEVELS.find((known) => known === flags.level);
  if (level === undefined)
    return usageError(
      `${visible(flags.level)} is no replay level`,
      `cto replay ${run} --level ${REPLAY_LEVELS.join("|")}`,
    );
  const world = await context.openWorld(flags.home, "read");
  try {
    const done = await replay(world, run, level);
    if (!done.ok)
      return { noun: "replay", exit: EXIT.refused, data: { run, level }, text: "", refusals: done.refusals };
    const { same, differences, notComparable } = done.value;
    const says = same ? "same" : "drift";
    return {
      noun: "replay",
      exit: same ? EXIT.done : EXIT.unverified,
      data: { run, level, same, differences, notComparable },
      text: [
        `${says.padEnd(8)}  ${run}  ${level}`,
        ...differences.map((difference) => `          ${visible(difference)}`),
        ...(notComparable.length === 0 ? [] : [`not compared: ${notComparable.join(", ")}`]),
      ].join("\n"),
    };
  } finally {
    await world.store.close();
  }
};
