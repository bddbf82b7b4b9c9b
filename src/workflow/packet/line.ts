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

/** How many units of UTF-16 stand before a column of a line: what editors and SARIF count from. */
export const unitsBefore = (text: string, column: number): number =>
  Array.from(text)
    .slice(0, column - 1)
    .join("").length;
