import { stat } from "node:fs/promises";
import path from "node:path";

import { replay, replayBundle, type Replayed } from "../../harness/replay/replay.ts";
import type { Difference } from "../../workflow/evidence/replay-difference.ts";
import { REPLAY_LEVELS, type ReplayLevel } from "../../workflow/evidence/schemas/replay-levels.ts";
import { parseRunId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { usageError } from "../usage-error.ts";
import { withWorld, worldOrNone } from "../with-world.ts";

/** `cto replay RUN|DIR --level L`: does a part of a sealed run again in scratch and compares; asking the model again is not replay. */
export const act: Act<{ readonly level: string }, [string]> = async (context, flags, given) => {
  const level = REPLAY_LEVELS.find((known) => known === flags.level);
  if (level === undefined)
    return usageError(
      `${visible(flags.level)} is no replay level`,
      `cto replay RUN --level ${REPLAY_LEVELS.join("|")}`,
    );
  const place = path.resolve(context.cwd, given);
  if (await isFile(path.join(place, "bundle.json"))) return ofFolder(context, flags, { given, place, level });
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is neither a run id nor a bundle's folder`, "cto runs");
  return withWorld(context, flags, "read", async (world) => answer(run, level, await replay(world, run, level)));
};

interface Given {
  readonly given: string;
  readonly place: string;
  readonly level: ReplayLevel;
}

/** A bundle that was moved needs a home only to run something again. */
const ofFolder = async (context: CliContext, flags: CommonFlags, { given, place, level }: Given): Promise<Answer> => {
  const { openFolder, stockGit } = await context.openEvidence();
  const { files } = await openFolder(place);
  const usesHome = level !== "patch" && level !== "normalize";
  const world = usesHome ? await worldOrNone(context, flags, "read") : undefined;
  try {
    const done = await replayBundle({ files, target: stockGit, world: world ?? "none" }, given, level);
    return answer(given, level, done);
  } finally {
    await world?.store.close();
  }
};

const isFile = (file: string): Promise<boolean> =>
  stat(file).then(
    (found) => found.isFile(),
    () => false,
  );

const answer = (of: string, level: ReplayLevel, done: Result<Replayed, Refusal>): Answer => {
  if (!done.ok)
    return { noun: "replay", exit: EXIT.refused, data: { run: of, level }, text: "", refusals: done.refusals };
  const { same, differences, notComparable, notes } = done.value;
  return {
    noun: "replay",
    exit: same ? EXIT.done : EXIT.unverified,
    data: { run: of, level, same, differences, notComparable, notes },
    text: [
      `${(same ? "same" : "drift").padEnd(8)}  ${visible(of)}  ${level}`,
      ...differences.flatMap(shown),
      ...notes.map((note) => `note      ${visible(note)}`),
      ...(notComparable.length === 0 ? [] : [`not compared: ${notComparable.map(visible).join(", ")}`]),
    ].join("\n"),
  };
};

const shown = ({ where, expected, got }: Difference): readonly string[] => [
  `          ${visible(where)}`,
  `            expected  ${visible(expected)}`,
  `            got       ${visible(got)}`,
];
