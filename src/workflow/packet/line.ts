import type { Place } from "../refusal.ts";

/** A line of a document, its place being column 1. */
export interface Line {
  readonly text: string;
  readonly at: Place;
}

/** The place of a position in a text whose first character stands at `start`. Columns count code points. */
export const placeWithin = (start: Place, text: string, index: number): Place => ({
  ...start,
  column: start.column + Array.from(text.slice(0, index)).length,
});
