import type { LiveEvent } from "./live.ts";

/** Which records make an answer old, and whether it is asked anew at once or when the reader says so. */
export interface Follow {
  readonly concerns: (event: Pick<LiveEvent, "type" | "work" | "run">) => boolean;
  readonly moves: "at-once" | "when-asked";
}

export const NEVER: Follow = { concerns: () => false, moves: "at-once" };
export const ALWAYS: Follow = { concerns: () => true, moves: "at-once" };
export const WHEN_ASKED: Follow = { concerns: () => true, moves: "when-asked" };

/** What an event does to an answer: it is asked anew, or counted as newer than it, or nothing. */
export const reactionTo = (
  event: Pick<LiveEvent, "type" | "work" | "run">,
  follow: Follow,
  held: "loading" | "ready" | "problem",
): "ask" | "count" | "nothing" => {
  // What no record makes old is not asked anew for a page that was away: asking it may be dear.
  if (event.type === "reconnected") return follow === NEVER && held !== "problem" ? "nothing" : "ask";
  if (!follow.concerns(event)) return "nothing";
  // Nobody knows how many were missed: a number would be made up.
  return follow.moves === "at-once" || event.type === "missed" ? "ask" : "count";
};
