import { pruneRuns } from "../../harness/evidence/archive-runs.ts";
import { wordOf } from "../../workflow/state-words.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto archive prune`: folders here that nobody needs here, shown or removed. */
export const act: Act<{ readonly olderThan?: number; readonly yes: boolean }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const olderThanMs = flags.olderThan ?? QUARTER_MS;
    const runs = await pruneRuns(world, { olderThanMs, act: flags.yes ? "remove" : "look" });
    const now = world.clock.now().epochMs;
    const kept = runs.filter(({ state }) => state === "kept").length;
    const rows = runs.map(({ run, shown, sealedAt, state, why }) => [
      run,
      state === "would-go" ? "would go" : state,
      wordOf(shown).split(":")[0] ?? shown,
      `sealed ${relative(sealedAt, now)}`,
      visible(why),
    ]);
    const next = flags.yes || runs.length === kept ? [] : ["next        the same command with --yes removes them"];
    return {
      noun: "archive-prune",
      exit: kept === 0 ? EXIT.done : EXIT.unverified,
      data: { done: flags.yes, runs },
      text: runs.length === 0 ? "No decided run of that age has its folder here." : [table(rows), ...next].join("\n"),
    };
  });

const QUARTER_MS = 90 * 86_400_000;
