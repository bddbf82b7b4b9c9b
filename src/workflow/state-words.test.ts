import { expect, test } from "vitest";

import { WORK_STATES } from "./contract/work-item.ts";
import { RUN_ENDINGS } from "./run-state.ts";
import { SHOWN_STATES, STATE_WORDS, wordOf } from "./state-words.ts";

test("every state of a work item and every ending of a run has its word", () => {
  const shown = SHOWN_STATES.map((state) => state.replace(/\(.*\)$/, ""));
  expect(shown).toEqual(expect.arrayContaining([...WORK_STATES, ...RUN_ENDINGS]));
  expect(Object.keys(STATE_WORDS).toSorted()).toEqual([...SHOWN_STATES].toSorted());
});

test("only an accepted run is shown as good, and blocked never is (R125)", () => {
  expect(SHOWN_STATES.filter((state) => STATE_WORDS[state].tone === "ok")).toEqual(["accepted"]);
});

test("broken evidence and a failed rollback come before everything else", () => {
  expect(SHOWN_STATES.slice(0, 2)).toEqual(["tampered", "rollback_failed"]);
  expect(SHOWN_STATES.filter((state) => STATE_WORDS[state].first)).toEqual(["tampered", "rollback_failed"]);
});

test("a word is filled in with its facts", () => {
  expect(wordOf("blocked", { reason: "needs approval" })).toBe("Blocked: needs approval");
  expect(wordOf("accepted")).toBe("Accepted");
});
