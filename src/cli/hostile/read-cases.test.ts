import { expect, test } from "vitest";

import { readCase, readCases } from "./read-cases.ts";

const GOOD = `schema: cto/hostile-case/v1
id: no-change
group: B
attack: nothing is changed
expect: VOID
code: policy/no-change
steps: [HONEST]
`;

test("every case that is shipped reads, and there are many", async () => {
  const cases = await readCases();
  expect(cases.flatMap((one) => (one.ok ? [] : [`${one.file}: ${one.problem}`]))).toEqual([]);
  expect(cases.length).toBeGreaterThan(100);
});

test("a case says what it does not say by what is always so", () => {
  expect(readCase("B/no-change.yaml", GOOD)).toMatchObject({
    ok: true,
    value: { admit: true, approve: true, run: true, target: "untouched", field: { owner: "" } },
  });
});

test.each<[string, string, string]>([
  ["a key that nobody reads", `${GOOD}expects: VOID\n`, "expects"],
  ["a key of an act that nobody reads", `${GOOD}host: [{ at: sealed, run: x, refused: y }]\n`, "refused"],
  ["another schema", GOOD.replace("/v1", "/v2"), "schema"],
  ["an expectation that is none", GOOD.replace("VOID", "HOPE"), "expect"],
  ["a code of another form", GOOD.replace("policy/no-change", "no change"), "code"],
  ["a moment that never comes", `${GOOD}host: [{ at: never, run: x }]\n`, "host"],
  ["a place that is not its own", GOOD.replace("id: no-change", "id: base-moved"), "base-moved"],
  ["steps and a script", `${GOOD}script: x\n`, "steps and a script"],
  ["a control without a script", `${GOOD}control: says\n`, "script"],
  ["a script without a control", GOOD.replace(/^steps:.*$/m, "script: x"), "says why it cannot be"],
  ["a control of no kind", `${GOOD}control: true\n`, "control"],
  ["a refusal that nothing gives", GOOD.replace("VOID", "REFUSE"), "refused"],
  ["nothing that could be judged", `${GOOD}run: false\n`, "nothing to judge"],
  ["an anchor", GOOD.replace("code: ", "code: &a "), "anchors"],
  ["a member twice", `${GOOD}group: B\n`, "unique"],
  ["no YAML", "{", "flow map"],
])("a case with %s is refused", (_, text, problem) => {
  const read = readCase("B/no-change.yaml", text);
  expect(read.ok ? "" : read.problem.toLowerCase()).toContain(problem.toLowerCase());
});
