import { expect, test } from "vitest";

import type { DiffFile } from "../../../harness/objects/diff.ts";
import { marksOf, worstFirst } from "./change-order.ts";

const file = (path: string, more: Partial<DiffFile> = {}): DiffFile => ({
  path,
  change: "changed",
  allowed: true,
  verdict: "allowed",
  added: 1,
  removed: 0,
  oldMode: "100644",
  newMode: "100644",
  binary: false,
  ...more,
});

test("what is outside the contract stands first, then what its lines do not tell, then the largest", () => {
  const files = [
    file("small"),
    file("large", { added: 90 }),
    file("gone", { change: "deleted", newMode: null }),
    file("mode", { newMode: "100755" }),
    file("picture", { binary: true, added: null, removed: null }),
    file("link", { newMode: "120000" }),
    file("outside", { allowed: false, verdict: "unlisted" }),
  ];
  expect(worstFirst(files).map(({ path }) => path)).toEqual([
    "outside",
    "link",
    "picture",
    "mode",
    "gone",
    "large",
    "small",
  ]);
});

test.each([
  [file("a"), ["changed"]],
  [file("a", { newMode: "100755" }), ["changed", "mode 100644 file -> 100755 executable file"]],
  [
    file("a", { change: "added", oldMode: null, newMode: "120000" }),
    ["added", "symbolic link", "mode 120000 symbolic link"],
  ],
  [file("a", { binary: true }), ["changed", "binary, its lines are not shown"]],
])("a mode, a link and bytes are told in words", (changed, marks) => {
  expect(marksOf(changed)).toEqual(marks);
});
