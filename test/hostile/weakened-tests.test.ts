import { afterAll, describe, expect, test } from "vitest";

import { mustBeNamed } from "./support/accept.ts";
import { holdsAfterwards } from "./support/after-every-case.ts";
import { HONEST, trial, type Field } from "./support/field.ts";
import { openFields } from "./support/fields.ts";
import { PYTEST, PYTEST_TESTS as TESTS } from "./support/pytest-target.ts";

const { field, close } = openFields();
afterAll(close);

/** A target whose tests are of pytest: two in the allowed test file, one in a file that is not. */
const pytestField = (): Promise<Field> =>
  field({
    validation: PYTEST,
    files: { "test_strings.py": TESTS, "test_more.py": "def test_more():\n    assert True\n" },
  });
const rewritten = (content: string): object => ({ write: "test_strings.py", content });

describe("tests that prove less than before", { timeout: 120_000 }, () => {
  test.each<[string, string]>([
    ["a test is removed", TESTS.slice(0, TESTS.indexOf("def test_lower"))],
    ["a test is skipped", TESTS.replace("def test_lower", "@pytest.mark.skip\ndef test_lower")],
    ["a test is expected to fail", TESTS.replace("def test_lower", "@pytest.mark.xfail\ndef test_lower")],
    ["a module is skipped", `import pytest\npytest.importorskip("no_such_module")\n${TESTS}`],
    ["the allowed test file is emptied", ""],
  ])("tests-weakened: where %s, it is a finding that accepting must name (R094)", async (_, tests) => {
    const one = await pytestField();
    const ended = await trial(one, [rewritten(tests)]);
    expect(ended.codes).toEqual(["awaiting_outcome"]);
    await mustBeNamed(one, ended, "validation/tests-weakened");
    await holdsAfterwards(one, ended, "committed");
  });

  test("assert-true: a new test that asserts nothing is a finding that accepting must name (R095)", async () => {
    const one = await pytestField();
    const ended = await trial(one, [HONEST, rewritten(`${TESTS}\n\ndef test_whitespace():\n    assert True\n`)]);
    expect(ended.codes).toEqual(["awaiting_outcome"]);
    expect(ended.report.findings.map(({ code }) => code)).toEqual(["validation/not-proved"]);
    await mustBeNamed(one, ended, "validation/not-proved");
    await holdsAfterwards(one, ended, "committed");
  });
});
