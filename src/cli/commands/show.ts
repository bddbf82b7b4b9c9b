import { runObject } from "../../harness/objects/run-object.ts";
import { readRun } from "../../harness/reading/read-run.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { runText } from "../show-run.ts";
import { withWorld } from "../with-world.ts";

/** `cto show RUN`: how it ended and what stands for it. */
export const act: Act<object, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const detail = await readRun(world, run);
    if (detail === "absent") throw new TypeError("what was picked is there");
    return {
      noun: "run",
      exit: EXIT.done,
      data: { ...runObject(detail) },
      text: runText(detail, world.clock.now().epochMs, flags.verbose),
    };
  });
