import { expect, test } from "vitest";

import { hunksIn } from "./patch-lines.ts";

const PART = [
  "diff --git a/a.py b/a.py",
  "--- a/a.py",
  "+++ b/a.py",
  "@@ -1,3 +1,3 @@ def a():",
  " one",
  "--- two",
  "+@@ -9 +9 @@ three",
  " four",
  "@@ -10 +10 @@",
  "-old",
  "\\ No newline at end of file",
  "+new",
  "\\ No newline at end of file",
];

test("a line that looks like the head of a hunk or a file is a line where it stands in one", () => {
  expect(
    hunksIn(PART).map(({ context, lines }) => [context, lines.map(({ kind, text }) => `${kind} ${text}`)]),
  ).toEqual([
    ["def a():", ["context one", "removed -- two", "added @@ -9 +9 @@ three", "context four"]],
    ["", ["removed old", "note No newline at end of file", "added new", "note No newline at end of file"]],
  ]);
});

test("each line has its numbers before and after", () => {
  const numbers = hunksIn(PART).map(({ lines }) => lines.map(({ old, new: young }) => [old, young]));
  expect(numbers).toEqual([
    [
      [1, 1],
      [2, null],
      [null, 2],
      [3, 3],
    ],
    [
      [10, null],
      [null, null],
      [null, 10],
      [null, null],
    ],
  ]);
});
