import { runRowObject } from "../../harness/objects/run-object.ts";
import { readRuns } from "../../harness/reading/read-runs.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { byWorker } from "../show-worker.ts";
import { duration, short, table } from "../show.ts";
import { unknownState } from "../state-filter.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly work?: string;
  readonly state?: string;
  readonly limit?: number;
}

/** `cto runs`: blocked ones too, the newest first, with the true total. */
export const act: Act<Flags, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const mistake = unknownState(flags.state?.split(",") ?? []);
    if (mistake !== undefined) return mistake;
    const work = flags.work === undefined ? undefined : await pickWork(world, flags.work);
    if (work !== undefined && isAnswer(work)) return work;
    const filter = {
      ...(work === undefined ? {} : { work }),
      ...(flags.state === undefined ? {} : { state: flags.state }),
    };
    const { runs, total } = await readRuns(world, { ...filter, limit: flags.limit ?? 50 });
    const now = world.clock.now().epochMs;
    const rows = runs.map(({ run, work: of, word, commit, startedAt, tookMs, order }) => [
      run,
      of,
      visible(word) + byWorker(order),
      commit === null ? "-" : short(commit),
      relative(startedAt, now),
      tookMs === null ? "" : `took ${duration(tookMs)}`,
    ]);
    const more = total > runs.length ? [`${runs.length} of ${total}; --limit ${total} shows them all`] : [];
    return {
      noun: "runs",
      exit: EXIT.done,
      data: { runs: runs.map(runRowObject), total },
      text: rows.length === 0 ? "No run yet." : [table(rows), ...more].join("\n"),
    };
  });
