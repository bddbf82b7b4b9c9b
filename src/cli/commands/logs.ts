import { readLogLines } from "../../harness/read-log-lines.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly stage?: string;
  readonly backend: boolean;
  readonly failed: boolean;
  readonly grep?: string;
}

/** `cto logs RUN`: escaped, so that no log can steer a terminal or hide a part of itself. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const stage = flags.backend ? "backend" : flags.stage;
    const { lines } = await readLogLines(world, run, {
      ...(stage === undefined ? {} : { stage }),
      ...(flags.grep === undefined ? {} : { grep: flags.grep }),
      failed: flags.failed,
    });
    const streams = new Set(lines.map(({ stream }) => stream));
    const width = Math.max(0, ...[...streams].map((stream) => stream.length));
    const shown = lines.map(({ stream, text }) =>
      streams.size > 1 ? `${visible(stream).padEnd(width)} | ${text}` : text,
    );
    return {
      noun: "logs",
      exit: EXIT.done,
      data: { run, lines, matches: lines.length },
      text: shown.join("\n"),
      ...(lines.length === 0 ? { story: `${run}: no such line in its logs` } : {}),
    };
  });
