import { readNotices } from "../../harness/notices/read-notices.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto notices`: what was told to whom, what waits, and what nobody could be told. */
export const act: Act<{ readonly limit?: number }, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const told = await readNotices(world, flags.limit ?? 50);
    const { channels, counts, notices } = told;
    const rows = notices.map(({ at, run, work, type, reason = "", deliveries }) => [
      at,
      run ?? work,
      type,
      reason,
      deliveries
        .map(
          ({ channel, state, problem }) =>
            `${channel} ${state}${problem === undefined ? "" : ` (${visible(problem)})`}`,
        )
        .join(", "),
    ]);
    const broken = channels.filter(({ problem }) => problem !== "none");
    const lines = [
      rows.length === 0 ? "Nothing was to be told yet." : table(rows),
      ...broken.map(({ channel, problem }) => `warn  ${channel}: ${visible(problem)}`),
      `${counts.waiting} waiting, ${counts.delivered} delivered, ${counts.dead} dead letters, ${counts.muted} muted`,
    ];
    return { noun: "notices", exit: EXIT.done, data: { ...told }, text: lines.join("\n") };
  });
