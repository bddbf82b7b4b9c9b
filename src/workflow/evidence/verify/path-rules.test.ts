import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";

import { processorClock } from "../../../../test/fixtures/processor-clock.ts";
import { forbids, permits, targetPath } from "../../path-rules.ts";
import { isForbidden, isPermitted } from "./path-rules.ts";

const piece = constantFrom("a", "b", ".env", ".git", "src", "Ä", "*", "?", "**", "a*b", ".env.*", "test_*.py", "git~1");
const rule = array(piece, { minLength: 1, maxLength: 4 })
  .map((parts) => parts.join("/"))
  .chain((text) => constantFrom(text, `${text}/`));
const path = array(
  constantFrom("a", "b", ".env", ".ENV", ".env.x", ".git", "src", "ä", "ab", "axb", "test_a.py", "b.", "GIT~1"),
  { minLength: 1, maxLength: 4 },
).map((parts) => parts.join("/"));

test("the verifier's own reading of allowed paths is the one that judged (R088)", () => {
  assert(
    property(rule, path, (wanted, found) => {
      const target = targetPath(found);
      expect(isPermitted(wanted, found)).toBe(target !== undefined && permits(wanted, target));
    }),
    { numRuns: 5000 },
  );
});

test("the verifier's own reading of forbidden paths is the one that judged (R088)", () => {
  assert(
    property(rule, path, (wanted, found) => {
      expect(isForbidden(wanted, found)).toBe(forbids(wanted, found));
    }),
    { numRuns: 5000 },
  );
});

test("a hostile rule costs no more time than its length times the path's", () => {
  const spentMs = processorClock();
  expect(isPermitted(`${"*a".repeat(200)}b`, "a".repeat(400))).toBe(false);
  expect(
    isPermitted(Array.from({ length: 60 }, () => "**/a").join("/"), Array.from({ length: 60 }, () => "a").join("/")),
  ).toBe(true);
  expect(spentMs()).toBeLessThan(2000);
});
