import type { EventLine } from "./event-line.ts";

/** What came of the frames of one performance of the agent, and the file that holds them. */
export interface FrameAttempt {
  readonly file: string;
  readonly isLast: boolean;
  readonly events: readonly { readonly event: EventLine; readonly line: number }[];
}

/** Every performance begins with a workspace; the frames of the last one have the plain name (evidence.md 7). */
export const frameAttempts = (events: readonly EventLine[]): readonly FrameAttempt[] => {
  const starts = events.flatMap(({ type, data }, at) =>
    type === "workspace.prepared" && typeof data["performance"] === "number"
      ? [{ at, performance: data["performance"] }]
      : [],
  );
  return starts.map(({ at, performance }, index) => {
    const isLast = index === starts.length - 1;
    return {
      file: isLast ? "backend/frames.jsonl" : `backend/attempt-${performance}/frames.jsonl`,
      isLast,
      events: events.slice(at, starts[index + 1]?.at).flatMap((event) => {
        const line = rawLine(event);
        return line === undefined ? [] : [{ event, line }];
      }),
    };
  });
};

const rawLine = ({ data }: EventLine): number | undefined => {
  const { raw } = data;
  if (typeof raw !== "object" || raw === null || Array.isArray(raw) || !("line" in raw)) return undefined;
  const line: unknown = raw["line"];
  return typeof line === "number" ? line : undefined;
};
