import { expect, test } from "vitest";

import type { Change } from "./changes.ts";
import { collisionsOf } from "./path-collisions.ts";

const change = (path: string, kind: Change["kind"] = "added"): Change => ({ path, utf8: true, kind });

test.each([
  ["another case", "src/strings.py", "src/Strings.py"],
  ["another case of a folder", "src/strings.py", "SRC/strings.py"],
  ["the decomposed form", "src/\u00E9.py", "src/e\u0301.py"],
  ["a ligature", "src/file.py", "src/\uFB01le.py"],
  ["full width", "a.py", "\uFF41.py"],
  ["a Kelvin sign", "k.py", "\u212A.py"],
  ["a long s", "s.py", "\u017F.py"],
])("R090 %s of a name that is there collides with it", (_, base, added) => {
  expect(collisionsOf([base], [change(added)])).toEqual([{ path: added, other: base }]);
});

test("R090 two new names collide with each other, and the later one is told", () => {
  expect(collisionsOf([], [change("A.py"), change("a.py")])).toEqual([{ path: "a.py", other: "A.py" }]);
});

test("the same name is itself, and a name that went away stands in nobody's way", () => {
  expect(collisionsOf(["a.py"], [change("a.py", "modified")])).toEqual([]);
  expect(collisionsOf(["a.py"], [change("a.py", "deleted"), change("A.py")])).toEqual([]);
  expect(collisionsOf(["a.py"], [change("A.py"), change("a.py", "deleted")])).toEqual([]);
  expect(collisionsOf(["a.py"], [change("b.py")])).toEqual([]);
});
