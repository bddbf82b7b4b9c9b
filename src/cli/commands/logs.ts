import type { LogLine } from "../../harness/objects/log.ts";
import { logsFollowed } from "../../harness/reading/follow-logs.ts";
import { readLogLines, type LogFilter } from "../../harness/reading/read-log-lines.ts";
import { watchRun, type Watched } from "../../harness/reading/watch-run.ts";
import type { World } from "../../harness/world.ts";
import type { RunId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { pickRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { EXIT_OF_WATCH } from "../run-exit.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly stage?: string;
  readonly backend: boolean;
  readonly failed: boolean;
  readonly grep?: string;
  readonly follow: boolean;
}

/** `cto logs RUN`: escaped, so that no log can steer a terminal or hide a part of itself. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const stage = flags.backend ? "backend" : flags.stage;
    const filter = {
      ...(stage === undefined ? {} : { stage }),
      ...(flags.grep === undefined ? {} : { grep: flags.grep }),
      failed: flags.failed,
    };
    if (flags.follow) return followed(context, flags, world, run, filter);
    const { lines } = await readLogLines(world, run, filter);
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

const followed = async (
  context: CliContext,
  { json }: CommonFlags,
  world: World,
  run: RunId,
  filter: LogFilter,
): Promise<Answer> => {
  const lines: LogLine[] = [];
  let matches = 0;
  const leaving = new AbortController();
  const forget = context.onStop(() => leaving.abort());
  const look = logsFollowed(world, filter, (line) => {
    matches += 1;
    // What was told is not kept: a run may talk for hours.
    if (json) lines.push(line);
    else context.process.stdout.write(`${visible(line.stream)} | ${line.text}\n`);
  });
  try {
    const watched = await watchRun(world, run, leaving.signal, look);
    return {
      noun: "logs",
      exit: EXIT_OF_WATCH[watched],
      data: { run, lines, matches },
      text: "",
      story: `${run}  ${STORY[watched]}`,
    };
  } finally {
    forget();
  }
};

const STORY: Readonly<Record<Watched, string>> = {
  ended: "has ended",
  left: "goes on",
  unheld: "is performed by nobody any more; cto show says what stands",
};
