import { textOf, type EventLine } from "./event-line.ts";

/** One thing of the log, as a report shows it. The text may be hostile: renderers show it escaped. */
export interface Told {
  readonly event: number;
  readonly type: string;
  readonly text: string;
}

/** What agent and backend said, apart from what the Harness saw itself (R113). Cut, never summarised. */
export interface ToldApart {
  readonly said: readonly Told[];
  readonly seen: readonly Told[];
  readonly saidOmitted: number;
  readonly seenOmitted: number;
}

const ROWS_MAX = 100;
const TEXT_CHARACTERS_MAX = 300;

const SAID: ReadonlySet<string> = new Set([
  "message.recorded",
  "turn.finished",
  "tool.started",
  "tool.finished",
  "session.changed",
]);
const SEEN: ReadonlySet<string> = new Set([
  "sandbox.attempt",
  "file.written",
  "terminal.finished",
  "permission.decided",
  "policy.violated",
  "policy.unmediated",
  "diff.captured",
  "validation.finished",
  "commit.created",
  "backend.exited",
]);

export const toldApart = (events: readonly EventLine<unknown>[]): ToldApart => {
  const isClaim = ({ trust }: EventLine<unknown>): boolean => trust === "agent-claimed" || trust === "backend-claimed";
  const said = events.filter((event) => isClaim(event) && SAID.has(event.type)).map(told);
  const seen = events.filter((event) => !isClaim(event) && SEEN.has(event.type)).map(told);
  return {
    said: said.slice(0, ROWS_MAX),
    seen: seen.slice(0, ROWS_MAX),
    saidOmitted: Math.max(0, said.length - ROWS_MAX),
    seenOmitted: Math.max(0, seen.length - ROWS_MAX),
  };
};

const told = (event: EventLine<unknown>): Told => ({
  event: event.sequence,
  type: event.type,
  text: TEXTS.flatMap((name) => textOf(event, name) ?? [])
    .join(" · ")
    .slice(0, TEXT_CHARACTERS_MAX)
    .toWellFormed(),
});

const TEXTS = [
  "role",
  "text",
  "title",
  "kind",
  "path",
  "command",
  "decision",
  "rule",
  "status",
  "stop",
  "detail",
  "commit",
] as const;
