import { statusObject } from "../../harness/objects/status-object.ts";
import { personOf, readStatus } from "../../harness/reading/read-status.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { relative } from "../duration.ts";
import { EXIT } from "../exit-code.ts";
import { byWorker, workerText } from "../show-worker.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto status`: what needs whom, what is running, how many of each. */
export const act: Act<{ readonly needs?: string }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const status = await readStatus(world, flags.needs);
    const { needs, running, workers, counts, unhashed } = status;
    const now = world.clock.now().epochMs;
    const rows = needs.map(({ work, lastRun, word, who, owner, next, since }) => [
      lastRun ?? work,
      visible(word),
      since === null ? "" : relative(since, now),
      `${personOf(who, owner)}: ${visible(next)}`,
    ]);
    const many = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
    return {
      noun: "status",
      exit: EXIT.done,
      data: { ...statusObject(status) },
      text: [
        rows.length === 0 ? "Nothing needs anybody." : table(rows),
        ...running.map(
          ({ run, word, startedAt, order }) =>
            `running   ${run}  ${visible(word)}  since ${relative(startedAt, now)}${byWorker(order)}`,
        ),
        ...workers.map((worker) => `worker    ${workerText(worker, now)}`),
        ...(many.length === 0 ? [] : [many.join(" · ")]),
        ...(unhashed === 0 ? [] : [`${unhashed} settled bundles were not hashed anew: cto verify RUN`]),
      ].join("\n"),
    };
  });
