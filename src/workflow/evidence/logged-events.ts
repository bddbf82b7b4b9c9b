import type { Files } from "./bundle.ts";
import { readEventLine, type EventLine } from "./event-line.ts";
import { difference, type Difference } from "./replay-difference.ts";

export const LOG = "events.normalized.jsonl";

/** The log of a bundle that may have been touched: its lines as events, and every line that is none. */
export interface Logged {
  readonly lines: readonly string[];
  readonly events: readonly EventLine[];
  readonly unread: readonly Difference[];
}

export const loggedEvents = (files: Files): Logged => {
  const lines = linesOf(files, LOG);
  const read = lines.map(eventIn);
  return {
    lines,
    events: read.filter((event) => event !== undefined),
    unread: lines.flatMap((line, at) =>
      read[at] === undefined ? [difference(`${LOG} line ${at + 1}`, "an event", line)] : [],
    ),
  };
};

export const linesOf = (files: Files, name: string): readonly string[] =>
  new TextDecoder()
    .decode(files.get(name))
    .split("\n")
    .filter((line) => line !== "");

const eventIn = (line: string): EventLine | undefined => {
  try {
    return readEventLine(line);
  } catch {
    return undefined;
  }
};
