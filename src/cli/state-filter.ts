import { nearest } from "../workflow/nearest.ts";
import { SHOWN_STATES } from "../workflow/state-words.ts";
import { visible } from "../workflow/visible-text.ts";
import type { Answer } from "./answer.ts";
import { usageError } from "./usage-error.ts";

/** What is answered where a filter names no state: an empty list would say that there is nothing in it. */
export const unknownState = (given: readonly string[]): Answer | undefined => {
  const unknown = given.find((part) => part === "" || !SHOWN_STATES.some((state) => state.startsWith(part)));
  if (unknown === undefined) return undefined;
  const near = nearest(unknown, SHOWN_STATES);
  const meant = near.length === 0 ? "" : `; did you mean ${near.join(" or ")}?`;
  return usageError(
    `there is no state ${unknown === "" ? "of no name" : visible(unknown)}${meant}`,
    "cto explain states",
  );
};
