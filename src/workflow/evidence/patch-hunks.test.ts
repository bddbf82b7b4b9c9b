import { expect, test } from "vitest";

import { patchedFiles } from "./patch-hunks.ts";

const patch = (text: string): ReturnType<typeof patchedFiles> => patchedFiles(new TextEncoder().encode(text));

test("each file of a patch has its line in it and its changed ranges", () => {
  expect(
    patch(
      "diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n-a\n+a\n+b\n@@ -9,2 +10,0 @@ def f\n-c\n-d\n",
    ),
  ).toEqual([
    {
      path: "x",
      line: 1,
      binary: false,
      ranges: [
        { oldStart: 1, oldLines: 1, newStart: 1, newLines: 2 },
        { oldStart: 9, oldLines: 2, newStart: 10, newLines: 0 },
      ],
    },
  ]);
});

test("content that looks like a header is content", () => {
  const files = patch(
    "diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n-diff --git a/y b/y\n-@@ -5 +5 @@\n+GIT binary patch\n+@@ -6 +6 @@\n",
  );
  expect(files.map(({ path, binary, ranges }) => [path, binary, ranges.length])).toEqual([["x", false, 1]]);
});

test.each([
  ['diff --git "a/\\346\\227\\245" "b/\\346\\227\\245"', "日"],
  ['diff --git "a/a\\"b\\\\c\\td" "b/a\\"b\\\\c\\td"', 'a"b\\c\td'],
  ["diff --git a/with space b/with space", "with space"],
  ["diff --git a/x b/x b/x b/x", "x b/x"],
])("the path is read from %s", (line, path) => {
  expect(patch(`${line}\nGIT binary patch\n`)[0]).toMatchObject({ path, binary: true });
});
