import { expect, test } from "vitest";

import { CANARIES, type CanaryVerdict } from "../vocabulary.ts";
import type { CanaryTry } from "./canary.ts";
import { judgeCanaries, notHeld, type CanaryFacts } from "./judge-canaries.ts";

const append: CanaryTry = {
  canary: "write-outside",
  what: "append to a planted file",
  held: ["ENOENT"],
  otherwise: "no-teeth",
  control: "planted file",
};
const look: CanaryTry = { ...append, what: "planted file afterwards", held: ["untouched"], otherwise: "broken" };

const facts = (answers: Readonly<Record<string, string>>, control: boolean | "absent" = true): CanaryFacts => ({
  tries: [append, look],
  answers: new Map(Object.entries(answers)),
  controls: new Map(control === "absent" ? [] : [["planted file", control]]),
});

const good = { [append.what]: "ENOENT", [look.what]: "untouched" };

const TABLE: readonly (readonly [string, CanaryFacts, CanaryVerdict])[] = [
  ["everything was refused and its control works", facts(good), "held"],
  ["what was tried succeeded", facts({ ...good, [append.what]: "ok" }), "broken"],
  [
    "what was tried succeeded, though its control does not work",
    facts({ ...good, [append.what]: "ok" }, false),
    "broken",
  ],
  ["something outside was changed", facts({ ...good, [look.what]: "not untouched" }), "broken"],
  ["the errno is none that shows a refusal", facts({ ...good, [append.what]: "EIO" }), "no-teeth"],
  ["an answer is missing", facts({ [look.what]: "untouched" }), "no-teeth"],
  ["no answer came at all", facts({}), "no-teeth"],
  ["the control does not work", facts(good, false), "no-teeth"],
  ["the control was not made", facts(good, "absent"), "no-teeth"],
  ["a broken one stands beside one without an answer", facts({ [append.what]: "ok" }), "broken"],
];

test.each(TABLE)("R067 when %s", (_, given, verdict) => {
  expect(judgeCanaries(given).find(({ id }) => id === "write-outside")?.verdict).toBe(verdict);
});

test("R067 all fourteen are always told, and what was not tried never counts as held", () => {
  const results = judgeCanaries(facts(good));
  expect(results.map(({ id }) => id)).toEqual([...CANARIES]);
  expect(results.filter(({ verdict }) => verdict === "not-tried")).toHaveLength(13);
  expect(notHeld(results)).toEqual([]);
});

test("R067 a result tells its control, what was expected and what came", () => {
  expect(judgeCanaries(facts({ ...good, [append.what]: "ok" }))[0]).toEqual({
    id: "write-outside",
    verdict: "broken",
    control: { "planted file": "works" },
    expected: { [append.what]: ["ENOENT"], [look.what]: ["untouched"] },
    actual: { [append.what]: "ok", [look.what]: "untouched" },
  });
});
