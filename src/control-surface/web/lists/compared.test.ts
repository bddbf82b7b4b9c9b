import { expect, test } from "vitest";

import { comparedMembers, relationOf, sideBySide, type SideOf } from "./compared.ts";

test("each member of either stands once, with its path, and what one side lacks is absent and never empty", () => {
  const rows = comparedMembers(
    { task: "x", limits: { ms: 1 }, paths: ["a", "b"] },
    { task: "x", paths: ["a"], more: null },
  );
  expect(rows).toEqual([
    { name: "task", a: ["x"], b: ["x"] },
    { name: "limits.ms", a: ["1"], b: "absent" },
    { name: "paths", a: ["a", "b"], b: ["a"] },
    { name: "more", a: "absent", b: ["null"] },
  ]);
  expect(rows.map(relationOf)).toEqual(["same", "only-a", "differs", "only-b"]);
});

test("what is not known of one side is not said to be on the other side alone", () => {
  const rows = sideBySide("unknown", new Map([["src/a.ts", ["changed"]]]));
  expect(rows).toEqual([{ name: "src/a.ts", a: "unknown", b: ["changed"] }]);
  expect(rows.map(relationOf)).toEqual(["unknown"]);
  expect(sideBySide("unknown", "unknown")).toEqual([]);
});

test.each<[string, SideOf, SideOf, ReturnType<typeof relationOf>]>([
  ["a list in another order", ["a", "b"], ["b", "a"], "differs"],
  ["a text that only looks alike", ["\u0430"], ["a"], "differs"],
  ["a list that is empty, and none at all", [], "absent", "only-a"],
  ["what neither has", "absent", "absent", "same"],
  ["what neither tells", "unknown", "unknown", "unknown"],
])("%s is not taken for the same by mistake", (_, a, b, relation) => {
  expect(relationOf({ name: "x", a, b })).toBe(relation);
});
