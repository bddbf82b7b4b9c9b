import { rollbackObject } from "../../harness/objects/rollback-object.ts";
import { rollbackRun } from "../../harness/outcome/rollback.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { short } from "../show.ts";
import { writeNotices } from "../tell-notices.ts";
import { usageError } from "../usage-error.ts";

/** `cto rollback RUN`: one more commit that restores the base, never a reset, a force or a push. */
export const act: Act<{ readonly dryRun: boolean }, [string]> = async (context, flags, given) => {
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is no run id`, "cto runs");
  const world = await context.openWorld(flags.home, "write");
  try {
    const done = await rollbackRun(world, run, flags.dryRun ? "dry-run" : "real");
    if (!done.ok)
      return {
        noun: "rollback",
        exit: EXIT.refused,
        data: { run },
        text: "",
        refusals: done.refusals,
        spared: "The target was not touched.",
      };
    const { commit, rollbackCommit, proof } = done.value;
    const equalsBase = proof === "tree-equals-base";
    const what = equalsBase ? "the tree equals the base" : "the changed paths equal the base, later commits stay";
    return {
      noun: "rollback",
      exit: EXIT.done,
      data: { ...rollbackObject(done.value) },
      text: flags.dryRun
        ? `would add ${short(rollbackCommit)} after ${short(commit)}: ${what}. Nothing was touched.`
        : `rolled back  ${run}  ${short(rollbackCommit)} undoes ${short(commit)}: ${what}`,
    };
  } finally {
    await writeNotices(context, flags, world);
    await world.store.close();
  }
};
