import { expect, test } from "vitest";

import { ALWAYS, NEVER, reactionTo, WHEN_ASKED } from "./follow.ts";
import { ofRun } from "./run/while-open.ts";

test.each([
  ["a record, at once", "run.sealed", ALWAYS, "ready", "ask"],
  ["a record, where the reader says when", "run.sealed", WHEN_ASKED, "ready", "count"],
  ["a record, of nothing that is followed", "run.sealed", NEVER, "ready", "nothing"],
  ["missed records, where the reader says when", "missed", WHEN_ASKED, "ready", "ask"],
  ["missed records, of one run", "missed", ofRun("R-049-01"), "ready", "ask"],
  ["a page that was away", "reconnected", ALWAYS, "ready", "ask"],
  ["a page that was away, where the reader says when", "reconnected", WHEN_ASKED, "ready", "ask"],
  ["a page that was away, with an answer that nothing makes old", "reconnected", NEVER, "ready", "nothing"],
  ["a page that was away, with no answer", "reconnected", NEVER, "problem", "ask"],
  ["a record of another run", "run.sealed", ofRun("R-049-01"), "ready", "nothing"],
] as const)("%s: %s is answered rightly", (_, type, follow, held, reaction) => {
  expect(reactionTo({ type, run: "R-049-02" }, follow, held)).toBe(reaction);
});
