import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";

import { forbids } from "../path-rules.ts";
import { isForbidden } from "./path-overlap.ts";

test.each([
  ["src/x.py", "src/x.py", true],
  ["src/x.py", "src/", true],
  ["src/x.py", "x.py", true],
  ["src/x.py", "*.py", true],
  ["src/*.py", "*.py", true],
  ["src/", "src/secrets/", true],
  ["a/src/", "src/secrets/", true],
  ["src/**", "src/secrets/", true],
  ["src/**/x.py", "src/secrets/", true],
  ["src/s*/x.py", "src/secrets/", true],
  ["src/", "src/*.key", true],
  ["src/", "**/src/deep/", true],
  ["src/x/", "src/secrets/", false],
  ["src/*.py", "src/secrets/", false],
  ["src/", "secrets/", false],
  ["src/*", "secrets/", false],
  ["**/*.py", "secrets/", false],
  ["src/x.py", "src/x.pyc", false],
  ["source/", "src/secrets/", false],
])("R029 allowed %s meets forbidden %s: %s", (allowed, forbidden, expected) => {
  expect(isForbidden(allowed, forbidden)).toBe(expected);
});

test("R029 a plain path that would be forbidden as a change is refused as an allowed path", () => {
  const name = constantFrom("a", "b", "A", ".env", "x.py");
  const rule = constantFrom("a", "b", ".env", "*.py", "**", "a*");
  assert(
    property(
      array(name, { minLength: 1, maxLength: 4 }),
      array(rule, { minLength: 1, maxLength: 3 }),
      (names, rules) => {
        const path = names.join("/");
        const forbidden = `${rules.join("/")}/`;
        expect(isForbidden(path, forbidden)).toBe(forbids(forbidden, path));
      },
    ),
  );
});
