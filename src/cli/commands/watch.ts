import { runObject } from "../../harness/objects/run-object.ts";
import { readRun } from "../../harness/reading/read-run.ts";
import { eventsFrom, watchRun } from "../../harness/reading/watch-run.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { unsteering } from "../json-line.ts";
import { pickRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { openProgress } from "../progress.ts";
import { EXIT_OF_RUN, EXIT_OF_WATCH } from "../run-exit.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly jsonl: boolean;
  readonly from?: number;
}

/** `cto watch RUN`: what `cto run` shows of a run, of one that goes on elsewhere or is over; to leave it ends nothing. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    if (flags.jsonl && flags.json)
      return usageError("--jsonl and --json are both for stdout: give one", "cto watch --help");
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const row = await world.store.run(run);
    if (row === "absent") throw new TypeError("what was picked is there");
    const { stdout, stderr } = context.process;
    const progress = openProgress(stderr, flags.quiet || flags.json || flags.jsonl, Date.parse(row.orderedAt));
    const leaving = new AbortController();
    const forget = context.onStop(() => leaving.abort());
    const look = eventsFrom(world, run, flags.from ?? 1, (line) => {
      progress.line(line);
      // Byte for byte as the chain has it; only a terminal is kept from being steered.
      if (flags.jsonl) stdout.write(`${stdout.isTTY ? unsteering(line) : line}\n`);
    });
    try {
      const watched = await watchRun(world, run, leaving.signal, look);
      progress.end();
      const detail = await readRun(world, run);
      if (detail === "absent") throw new TypeError("what was picked is there");
      const last = await world.store.run(run);
      const ending = last === "absent" ? null : last.ending;
      return {
        noun: "run",
        exit: ending === null ? EXIT_OF_WATCH[watched] : EXIT_OF_RUN[ending],
        data: { ...runObject(detail) },
        text: flags.jsonl ? "" : `${run}  ${visible(detail.word)}\nnext      ${visible(detail.next)}`,
        ...(watched === "left" ? { story: `${run} goes on; cto stop ${run} ends it` } : {}),
      };
    } finally {
      forget();
    }
  });
