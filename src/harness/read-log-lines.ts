import type { RunId } from "../workflow/ids.ts";
import { visibleLog } from "../workflow/visible-text.ts";
import type { LogLine } from "./objects/log.ts";
import { readLogs, type LogPart } from "./read-logs.ts";
import type { World } from "./world.ts";

export interface LogFilter {
  /** `validation`, `backend` or `events`; without it all but the events. */
  readonly stage?: string;
  /** Only what a failing command printed. */
  readonly failed?: boolean;
  readonly grep?: string;
}

export const readLogLines = async (
  world: World,
  run: RunId,
  { stage, failed, grep }: LogFilter,
): Promise<readonly LogLine[]> =>
  (await readLogs(world, run))
    .filter((part) => (stage === undefined ? part.stage !== "events" : part.stage === stage))
    .filter(({ hasFailed }) => failed !== true || hasFailed)
    .flatMap(linesOf)
    .filter(({ text }) => grep === undefined || text.includes(grep));

const linesOf = ({ stream, trust, text }: LogPart): readonly LogLine[] => {
  const lines = visibleLog(text).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, at) => ({ n: at + 1, stream, text: line, trust }));
};
