import type { RunRow } from "../../seams/store.ts";
import { visibleLog } from "../../workflow/visible-text.ts";
import type { LogLine } from "../objects/log.ts";
import type { World } from "../world.ts";
import type { LogFilter } from "./read-log-lines.ts";
import { readLogs } from "./read-logs.ts";

/** Tells the lines of a run's logs as they come, each once; a line that is not finished waits until it is, or the run over. */
export const logsFollowed = (
  world: World,
  { stage, failed, grep }: LogFilter,
  onLine: (line: LogLine) => void,
): ((row: RunRow) => Promise<void>) => {
  const told = new Map<string, number>();
  return async ({ run, state }) => {
    const parts = await readLogs(world, run, stage);
    for (const { stage: of, stream, trust, text, hasFailed } of parts) {
      if ((stage !== undefined && of !== stage) || (failed === true && !hasFailed)) continue;
      const isWhole = state === "ended" || of === "events";
      const lines = finishedLines(text, isWhole);
      const before = told.get(stream) ?? 0;
      for (const [at, line] of lines.entries())
        if (at >= before && (grep === undefined || line.includes(grep)))
          onLine({ n: at + 1, stream, text: line, trust });
      told.set(stream, Math.max(before, lines.length));
    }
  };
};

const finishedLines = (text: string, isWhole: boolean): readonly string[] => {
  const lines = visibleLog(text).split("\n");
  const last = lines.pop() ?? "";
  return isWhole && last !== "" ? [...lines, last] : lines;
};
