import type { RunId } from "../../workflow/ids.ts";
import { visibleLog } from "../../workflow/visible-text.ts";
import type { LogLine, LogRead } from "../objects/log.ts";
import type { World } from "../world.ts";
import { readLogs, type LogPart } from "./read-logs.ts";

export interface LogFilter {
  /** `validation`, `backend` or `events`; without it all but the events. */
  readonly stage?: string;
  /** Only what a failing command printed. */
  readonly failed?: boolean;
  readonly grep?: string;
  /** Only what one of them printed. */
  readonly stream?: string;
}

export const readLogLines = async (
  world: World,
  run: RunId,
  { stage, failed, grep, stream }: LogFilter,
): Promise<LogRead> => {
  const parts = (await readLogs(world, run, stage))
    .filter((part) => stage === undefined || part.stage === stage)
    .filter(({ hasFailed }) => failed !== true || hasFailed);
  const all = parts.filter((part) => stream === undefined || part.stream === stream).flatMap(linesOf);
  const lines = all.filter(({ text }) => grep === undefined || text.includes(grep));
  return { lines, total: all.length, streams: [...new Set(parts.map((part) => part.stream))] };
};

const linesOf = ({ stream, trust, text }: LogPart): readonly LogLine[] => {
  const lines = visibleLog(text).split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines.map((line, at) => ({ n: at + 1, stream, text: line, trust }));
};
