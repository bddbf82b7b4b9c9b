import type { DLogger } from "@dbos-inc/dbos-sdk";

import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";

export interface BoundedLog extends DLogger {
  /** The last warning or error; undefined where there was none. */
  lastTrouble(): string | undefined;
  lines(): readonly string[];
}

/** What DBOS says of itself goes here and nowhere else: the last lines, each cut. */
export const boundedLog = (): BoundedLog => {
  const lines: string[] = [];
  let trouble: string | undefined;
  const keep = (level: string, entry: unknown): string => {
    const text = entry instanceof Error ? entry.message : String(entry);
    const line = `${level} ${text}`.slice(0, ENGINE_LIMITS.logLineCharactersMax);
    lines.push(line);
    if (lines.length > ENGINE_LIMITS.logLines) lines.shift();
    return line;
  };
  return {
    debug: () => undefined,
    info: (entry) => void keep("info", entry),
    warn: (entry) => void (trouble = keep("warn", entry)),
    error: (entry) => void (trouble = keep("error", entry)),
    lastTrouble: () => trouble,
    lines: () => [...lines],
  };
};
