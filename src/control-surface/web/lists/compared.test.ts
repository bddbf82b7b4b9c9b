import { expect, test } from "vitest";

import { comparedMembers, isSame } from "./compared.ts";

test("each member of either stands once, with its path, and what one side lacks is undefined and never empty", () => {
  const rows = comparedMembers(
    { task: "x", limits: { ms: 1 }, paths: ["a", "b"] },
    { task: "x", paths: ["a"], more: null },
  );
  expect(rows).toEqual([
    { name: "task", a: ["x"], b: ["x"] },
    { name: "limits.ms", a: ["1"], b: undefined },
    { name: "paths", a: ["a", "b"], b: ["a"] },
    { name: "more", a: undefined, b: ["null"] },
  ]);
  expect(rows.map(isSame)).toEqual([true, false, false, false]);
});

test("a list in another order is not the same, nor is a text that only looks alike", () => {
  expect(isSame({ name: "x", a: ["a", "b"], b: ["b", "a"] })).toBe(false);
  expect(isSame({ name: "x", a: ["\u0430"], b: ["a"] })).toBe(false);
  expect(isSame({ name: "x", a: undefined, b: undefined })).toBe(false);
});
