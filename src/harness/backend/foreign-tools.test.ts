import { expect, test } from "vitest";

import { LIMITS } from "../../workflow/limits.ts";
import { openForeignTools } from "./foreign-tools.ts";
import { UNKEPT } from "./unkept.ts";

test("a tool of others is told once, and what its name hides is written out", () => {
  const tools = openForeignTools(UNKEPT);
  expect(tools.met(["shell", "web\u202efetch\u001b[2J", "shell"])).toEqual(["shell", "web<U+202E>fetch<U+001B>[2J"]);
  expect(tools.met(["shell"])).toEqual([]);
  expect(tools.met([])).toEqual([]);
  expect(tools.all).toHaveLength(2);
});

test("however many tools there are, so many are told, and no more is said of each", () => {
  const tools = openForeignTools(UNKEPT);
  const names = Array.from({ length: 5_000 }, (_, n) => `${n}${"\u0000".repeat(1_000)}`);
  expect(tools.met(names)).toHaveLength(LIMITS.foreignToolsMax);
  expect(tools.met(["one more"])).toEqual([]);
  expect(Math.max(...tools.all.map(({ length }) => length))).toBeLessThan(8 * LIMITS.relayFieldCharactersMax);
});
