import { expect, test } from "vitest";

import { wordChanges } from "./word-changes.ts";

const marked = (pieces: readonly { readonly text: string; readonly isChanged: boolean }[]): string =>
  pieces.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join("");

test.each([
  ["return a.replace(x)", "return a.split(x)", "return a.[replace](x)", "return a.[split](x)"],
  ["one two", "one two three", "one two", "one two[ three]"],
  ["abc", "xyz", "abc", "xyz"],
  ["", "new", "", "new"],
])("%s -> %s", (before, after, shownBefore, shownAfter) => {
  const changes = wordChanges(before, after);
  expect([marked(changes.before), marked(changes.after)]).toEqual([shownBefore, shownAfter]);
});

test("a line of very many words is shown whole, in time", () => {
  const long = "a ".repeat(50_000);
  expect(wordChanges(long, `${long}b`).after).toEqual([{ text: `${long}b`, isChanged: false }]);
});
