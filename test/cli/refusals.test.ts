import { expect, test } from "vitest";

import { showFailure, showRefusals } from "../../src/cli/show.ts";
import { refusalObject } from "../../src/harness/objects/refusal-object.ts";
import { Failure, FAILURES, isFailureCode } from "../../src/workflow/failure.ts";
import { isRefusalCode, meaningOf, REFUSALS, type Refusal, type RefusalCode } from "../../src/workflow/refusal.ts";

const CODES = Object.keys(REFUSALS).filter(isRefusalCode);

/** A refusal whose facts are their own names. */
const sample = (code: RefusalCode): Refusal => {
  const { says, next } = meaningOf(code);
  const names = [...`${says} ${next}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  return { code, facts: Object.fromEntries(names.map((name) => [name, `<${name}>`])) };
};

test("R129 every refusal is shown as the golden page says: kind, code, sentence, what did not happen, next step", async () => {
  const shown = CODES.toSorted().map((code) => showRefusals([sample(code)], "Nothing was changed."));
  await expect(`${shown.join("\n\n")}\n`).toMatchFileSnapshot("../golden/cli/refusals.txt");
});

test("R129 every failure is shown as the golden page says, with whether it may be retried", async () => {
  const codes = Object.keys(FAILURES).filter(isFailureCode).toSorted();
  const shown = codes.map((code) => showFailure(new Failure(code, "What was seen.", { retry: code === "store/busy" })));
  await expect(`${shown.join("\n\n")}\n`).toMatchFileSnapshot("../golden/cli/failures.txt");
});

test("R128 several refusals are all told, in order, and a next step that they share is told once", () => {
  const text = showRefusals(
    [
      { code: "approval/absent", facts: { work: "CTO-WORK-049" }, at: { file: "a\u202E.md", line: 4, column: 2 } },
      { code: "gate/env-not-set", facts: { variable: "X", expected: "1" } },
      { code: "gate/env-not-set", facts: { variable: "X", expected: "1" } },
    ],
    undefined,
  );
  expect(text.split("\n").map((line) => line.split(/ +/).slice(0, 3).join(" "))).toEqual([
    "refused approval/absent a<U+202E>.md:4:2",
    "refused gate/env-not-set X",
    "refused gate/env-not-set X",
    "next cto approve",
    expect.stringMatching(/^next /),
  ]);
});

test.each(CODES)("R128 %s has the same words in JSON", (code) => {
  const refusal = sample(code);
  const { message, next } = refusalObject(refusal);
  const text = showRefusals([refusal], undefined);
  expect(text).toContain(message);
  expect(text).toContain(next);
});
