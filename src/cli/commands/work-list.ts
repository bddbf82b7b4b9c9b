import { workObject } from "../../harness/objects/work-object.ts";
import { readWorks } from "../../harness/reading/views-of-works.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { unknownState } from "../state-filter.ts";
import { withWorld } from "../with-world.ts";

/** `cto work list`: every work item in the one state that it shows. */
export const act: Act<{ readonly state?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const mistake = unknownState(flags.state === undefined ? [] : [flags.state]);
    if (mistake !== undefined) return mistake;
    const works = await readWorks(world, flags.state);
    const rows = works.map(({ work, word, title, lastRun }) => [
      work,
      visible(word),
      lastRun ?? "-",
      visible(title ?? ""),
    ]);
    return {
      noun: "works",
      exit: EXIT.done,
      data: { works: works.map(workObject) },
      text:
        rows.length === 0
          ? "No work items. An approval packet in .sot/03-PROTOCOLS makes one: cto packet new."
          : table(rows),
    };
  });
