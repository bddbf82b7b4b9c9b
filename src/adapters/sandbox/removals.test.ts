import { expect, test } from "vitest";

import type { WorkspaceEntry } from "../../workflow/workspace/workspace.ts";
import { removals } from "./removals.ts";

const folder = (path: string): WorkspaceEntry => ({ path: `${path}/`, mode: "040000" });
const file = (path: string): WorkspaceEntry => ({ path, mode: "100644" });

test.each([
  ["a file that is gone", ["src/a"], [folder("src"), file("src/b")], ["src/a"]],
  ["the only file of a folder", ["src/old/a"], [folder("src"), file("src/b")], ["src/old"]],
  ["all of nested folders, once", ["a/b/c/x", "a/b/y", "a/z"], [file("other")], ["a"]],
  ["a folder that became a file", ["docs/x", "docs/y"], [file("docs")], ["docs"]],
  ["a file that became a folder", ["docs"], [folder("docs"), file("docs/x")], ["docs"]],
  ["names that only begin alike", ["src/a"], [folder("src2"), file("src2/a")], ["src"]],
  ["nothing", [], [file("a")], []],
])("what is taken out of the base for %s", (_, gone, entries, taken) => {
  expect(removals(gone, entries)).toEqual(taken);
});
