import type { FreshnessProof } from "../schemas/freshness.ts";
import { eventsOf, type Event } from "./events.ts";
import type { Reading } from "./reading.ts";

/** Every moment of the timeline stands where the log has the same step, by the wall clock and within the proof's own skew. */
export const timelineStatements = (
  { events }: Reading,
  { timeline, clock }: FreshnessProof,
): readonly (readonly [boolean, string])[] => [
  ...timeline.map(({ step, realtime }): readonly [boolean, string] => {
    const at = Date.parse(realtime);
    const times = timesAround(step, events ?? []);
    const isTold = realtime === "unknown" || times.length === 0;
    return [
      isTold || (at >= Math.min(...times) - clock.maxSkewMs && at <= Math.max(...times) + clock.maxSkewMs),
      `the log has ${step} at another time`,
    ];
  }),
  [approvedBetween(timeline, clock.maxSkewMs), "it was approved at no time between its challenge and its use"],
];

/**
 * The times of the events between which a step was timed, first and last included: a wall clock that was moved on the
 * way moved them as well. Nothing for a step of which the log tells nothing.
 */
const timesAround = (step: string, events: readonly Event[]): readonly number[] => {
  const first = (type: string): number => events.findIndex(({ event }) => event?.type === typed(type));
  const last = (type: string): number => events.findLastIndex(({ event }) => event?.type === typed(type));
  const end = events.length - 1;
  // What was broken off is done again: any of these may be the one that is told.
  const around = (from: string, to: string): readonly number[] =>
    eventsOf(events, to).flatMap(({ sequence }) => between(before(events, from, Number(sequence)), Number(sequence)));
  const between = (from: number, to: number): readonly number[] =>
    from < 0 ? [] : events.slice(from, to + 1).map(({ event }) => Date.parse(event?.time ?? ""));
  const committed = first("commit.created");
  if (step === "consumption") return around("gate.decided", "approval.consumed");
  if (step === "first-write") return around("sandbox.started", "backend.started");
  if (step === "validation") return between(first("validation.finished"), committed < 0 ? end : committed);
  if (step === "commit") return between(committed, end);
  return step === "seal" ? between(Math.max(last("commit.proved"), 0), end) : [];
};

const typed = (type: string): string => `cto.${type}.v1`;

/** The place of the last such event before another; the other's own place where there is none. */
const before = (events: readonly Event[], type: string, place: number): number => {
  const found = events.slice(0, Math.max(place, 0)).findLastIndex(({ event }) => event?.type === typed(type));
  return found < 0 ? place : found;
};

/** Of the approval only the timeline tells, so it stands between its neighbours, by both clocks as the gate counts them. */
const approvedBetween = (timeline: FreshnessProof["timeline"], skewMs: number): boolean => {
  const [challenge, approval, consumption] = timeline;
  if (challenge === undefined || approval === undefined || consumption === undefined) return true;
  if ([challenge, approval, consumption].some(({ realtime }) => realtime === "unknown")) return true;
  const [asked, said, used] = [challenge, approval, consumption].map(({ realtime }) => Date.parse(realtime));
  const isBetween = (said ?? 0) >= (asked ?? 0) - skewMs && (said ?? 0) <= (used ?? 0) + skewMs;
  if (challenge.bootId !== approval.bootId || challenge.boottimeMs === "unknown" || approval.boottimeMs === "unknown")
    return isBetween;
  const apart = (said ?? 0) - (asked ?? 0) - (approval.boottimeMs - challenge.boottimeMs);
  return isBetween && Math.abs(apart) <= skewMs;
};
