import { expect, test } from "vitest";

import { digestOf } from "../../workflow/digest.ts";
import type { Change, ManifestEntry } from "../../workflow/policy/changes.ts";
import { capturedFiles } from "./captured-files.ts";

const left = (path: string, more: Partial<ManifestEntry>): Change => {
  const plain = {
    path,
    utf8: true,
    type: "f",
    mode: 0o644,
    nlink: 1,
    size: 1,
    sha256: digestOf("x"),
    blob: "",
  } as const;
  return { path, utf8: true, kind: "added", after: { ...plain, ...more } };
};

test.each<[string, Partial<ManifestEntry>, string]>([
  ["a plain file", {}, "100644"],
  ["a file that can be executed", { mode: 0o755 }, "100755"],
  ["a link", { type: "l", mode: 0o777 }, "120000"],
  ["a pipe", { type: "p" }, "p"],
])("R112 of %s its mode is told, as git keeps it", (_, more, newMode) => {
  expect(capturedFiles([left("a", more)], [])).toMatchObject([{ path: "a", change: "added", newMode }]);
});

test("what tools leave behind is told as such, and what is gone has no mode", () => {
  const gone: Change = { path: "b", utf8: true, kind: "deleted" };
  expect(capturedFiles([left("__pycache__/a", {}), gone], ["__pycache__/"])).toMatchObject([
    { scratch: true },
    { change: "deleted", newMode: undefined },
  ]);
});
