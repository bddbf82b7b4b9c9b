import { pushRuns, type ArchivedRun } from "../../harness/evidence/archive-runs.ts";
import { bytesText } from "../bytes-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickAnyRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto archive push [RUN]`: what the bucket lacks of the bundles here. */
export const act: Act<object, [string | undefined]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const only = given === undefined ? undefined : await pickAnyRun(world, given);
    if (only !== undefined && isAnswer(only)) return only;
    const runs = await pushRuns(world, only);
    if (runs.length === 1 && runs[0]?.state === "not-here")
      return usageError(`the folder of ${runs[0].run} is not here`, "cto archive check");
    const isBad = runs.some(({ state }) => state === "altered-here");
    return {
      noun: "archive-push",
      exit: isBad ? EXIT.unverified : EXIT.done,
      data: { runs },
      text:
        runs.length === 0
          ? "No sealed bundle here."
          : table(runs.map(({ run, state, bytes }) => [run, WORDS[state](bytes)])),
    };
  });

const WORDS: Readonly<Record<ArchivedRun["state"], (bytes: number) => string>> = {
  pushed: (bytes) => `pushed, ${bytesText(bytes)} new, read back`,
  there: () => "there already",
  "not-here": () => "its folder is not here",
  "altered-here": () => "not pushed: the folder here is not as it was sealed; cto verify shows what changed",
};
