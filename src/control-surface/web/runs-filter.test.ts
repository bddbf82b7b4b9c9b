import { expect, test } from "vitest";

import { SHOWN_STATES } from "../../workflow/state-words.ts";
import { pathMeets, readRunsFilter, RUN_TABS, statesOfTab } from "./runs-filter.ts";

const NOW = new Date("2026-06-08T12:00:00Z");
const read = (text: string): ReturnType<typeof readRunsFilter> => readRunsFilter(text, "all", NOW);

test("each state is in exactly one of needs, running and finished", () => {
  const parts = RUN_TABS.filter((tab) => tab !== "all").flatMap(statesOfTab);
  expect(parts.toSorted()).toEqual([...SHOWN_STATES].toSorted());
});

test("the words of a filter are read, and the rest is text", () => {
  expect(read("state:voided since:7d work:049 touched:src/** Slug ana")).toEqual({
    states: ["voided(policy)", "voided(validation)", "voided(confinement)", "voided(no-change)"],
    since: new Date("2026-06-01T12:00:00Z"),
    work: "CTO-WORK-049",
    touched: "src/**",
    words: ["slug", "ana"],
    unknown: [],
  });
});

test("a state that the tab does not hold lets nothing through, instead of leaving the tab", () => {
  expect(readRunsFilter("state:accepted", "needs", NOW).states).toEqual([]);
});

test.each([
  "state:", "state:green", "since:", "since:soon", "since:7y", "since:2026-13-45", "work:", "work:49", "work:049;",
  "touched:", "colour:red", "state:__proto__", "constructor:x",
])("%s is told as unknown, and filters nothing", (term) => {
  expect(read(term)).toEqual({ states: "all", words: [], unknown: [term] });
}); // prettier-ignore

test("a moment is a span back from now or a date", () => {
  expect(read("since:90m").since).toEqual(new Date("2026-06-08T10:30:00Z"));
  expect(read("since:2026-06-01").since).toEqual(new Date("2026-06-01T00:00:00Z"));
});

test("hostile text stays text", () => {
  expect(read("<img/onerror=1> \u202e( .* ").words).toEqual(["<img/onerror=1>", "\u202e(", ".*"]);
});

test.each([
  ["src/**", "src/a/b.py", true],
  ["src/**", "srcs/a", false],
  ["**/*.py", "a.py", true],
  ["**/*.py", "x/y/a.py", true],
  ["*.py", "x/a.py", false],
  ["src/str*s.py", "src/strings.py", true],
  ["a*a", "a", false],
  ["(a+)+", "aaaa", false],
  ["**", "a/b", true],
  ["**/b", "b", true],
  ["a/**/b", "a/b", true],
  ["a/**/b", "a/x/y/b", true],
  ["a/**/b", "a/b/c", false],
  ["**/x/**/x", "x/x", true],
  ["**/x/**/x", "a/x/b", false],
  ["a/b", "a", false],
  ["src/strings.py", "src/strings.py", true],
])("%s and %s: %s", (pattern, path, is) => {
  expect(pathMeets(pattern, path)).toBe(is);
});
