import { readLogs, type LogPart } from "../../harness/read-logs.ts";
import { visible, visibleLog } from "../../workflow/visible-text.ts";
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

interface Line {
  readonly n: number;
  readonly stream: string;
  readonly text: string;
  readonly trust: LogPart["trust"];
}

/** `cto logs RUN`: escaped, so that no log can steer a terminal or hide a part of itself. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const stage = flags.backend ? "backend" : flags.stage;
    const parts = (await readLogs(world, run))
      .filter((part) => (stage === undefined ? part.stage !== "events" : part.stage === stage))
      .filter(({ hasFailed }) => !flags.failed || hasFailed);
    const lines = parts.flatMap(linesOf).filter(({ text }) => flags.grep === undefined || text.includes(flags.grep));
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

const linesOf = ({ stream, trust, text }: LogPart): readonly Line[] => {
  const lines = visibleLog(text).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, at) => ({ n: at + 1, stream, text: line, trust }));
};
