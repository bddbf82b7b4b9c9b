import { checkRuns, type CheckedRun } from "../../harness/evidence/archive-runs.ts";
import { visible } from "../../workflow/visible-text.ts";
import { bytesText } from "../bytes-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickAnyRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto archive check [RUN]`: what the bucket has, read back. */
export const act: Act<object, [string | undefined]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const only = given === undefined ? undefined : await pickAnyRun(world, given);
    if (only !== undefined && isAnswer(only)) return only;
    const runs = await checkRuns(world, only);
    const holds = runs.every(({ inBucket }) => inBucket !== "absent" && inBucket.wrong.length === 0);
    return {
      noun: "archive-check",
      exit: holds ? EXIT.done : EXIT.unverified,
      data: { runs },
      text: runs.length === 0 ? "No sealed bundle, here or in the bucket." : table(runs.flatMap(rowsOf)),
    };
  });

const rowsOf = ({ run, isHere, inBucket }: CheckedRun): readonly (readonly string[])[] => {
  const here = isHere ? "and here" : "and not here";
  if (inBucket === "absent") return [[run, "missing", `not in the bucket, ${here}`]];
  if (inBucket.wrong.length > 0) return inBucket.wrong.map((says) => [run, "wrong", visible(says)]);
  return [[run, "holds", `${inBucket.files} files, ${bytesText(inBucket.bytes)} in the bucket, ${here}`]];
};
