import { expect, test } from "vitest";

import { patchFilesOf } from "./patch.ts";

const PATCH = String.raw`diff --git a/a.py b/a.py
index 1a9..cbd 100644
--- a/a.py
+++ b/a.py
@@ -2,3 +2,3 @@ def f():
 
-diff --git a/no.py b/no.py
+@@ -1 +1 @@
 end
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
diff --git "a/\303\244 \"x\"\n.txt" "b/\303\244 \"x\"\n.txt"
new file mode 120000
index 000..1a9
--- /dev/null
+++ "b/x"
@@ -0,0 +1 @@
+../../etc/passwd
\ No newline at end of file
`;

test("each file of a patch has its own lines, whatever its lines look like", () => {
  const { files, rest } = patchFilesOf(PATCH);
  expect(rest).toEqual([]);
  expect(files.map(({ path, lines }) => [path, lines.map(({ kind, text }) => `${kind} ${text}`)])).toEqual([
    [
      "a.py",
      ["hunk @@ -2,3 +2,3 @@ def f():", "same ", "removed diff --git a/no.py b/no.py", "added @@ -1 +1 @@", "same end"],
    ],
    ["run.sh", []],
    ['ä "x"\n.txt', ["hunk @@ -0,0 +1 @@", "added ../../etc/passwd", "note No newline at end of file"]],
  ]);
});

test("lines have their numbers on both sides, and their place in patch.diff", () => {
  const [file] = patchFilesOf(PATCH).files;
  expect(file?.lines.map(({ before, after, at }) => [before, after, at])).toEqual([
    [undefined, undefined, 5],
    [2, 2, 6],
    [3, undefined, 7],
    [undefined, 3, 8],
    [4, 4, 9],
  ]);
});

test("what is no patch is kept, not swallowed", () => {
  expect(patchFilesOf("hello\nthere\n")).toEqual({ files: [], rest: ["hello", "there"] });
  expect(patchFilesOf("")).toEqual({ files: [], rest: [] });
});
