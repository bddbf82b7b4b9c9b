import type { Ended } from "../../seams/sandbox.ts";
import type { Attempt } from "../../workflow/backend/attempt.ts";
import type { Interruption, Watch } from "./watch.ts";

/** How a program that is only watched came to its end: by itself, or by what ended it. */
export type WatchedEnd = Ended | Interruption;

/** A limit that was only reached in the last words of a program that had ended by itself ends it none the less. */
export const lastOf = (first: WatchedEnd, watch: Pick<Watch, "met">): WatchedEnd =>
  "kind" in first ? first : (watch.met() ?? first);

/** At a limit the stage ends everything and starts nothing more: what breaks then breaks because of the limit. */
export const limitElse = ({ limit }: Ended, first: WatchedEnd): WatchedEnd =>
  limit !== undefined && "kind" in first && first.kind === "broken" ? { kind: "limit", limit } : first;

/** The attempt of a program that was ended; what broke is thrown on. */
export const endedAttempt = (claims: Omit<Attempt, "stop" | "said" | "limit">, by: Interruption): Attempt => {
  switch (by.kind) {
    case "cancel":
      return { stop: "cancelled", said: by.reason, ...claims };
    case "limit":
      return { stop: "gave_up", said: `limit ${by.limit}`, limit: by.limit, ...claims };
    case "broken":
      throw by.error;
  }
};
