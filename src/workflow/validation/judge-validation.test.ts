import { expect, test } from "vitest";

import { digestOf } from "../digest.ts";
import { parseOid } from "../ids.ts";
import { refusalsOf } from "../result.ts";
import { countsOf, judgeValidation, type BoundProbe, type ValidationRuns } from "./judge-validation.ts";
import { countTests } from "./test-counts.ts";
import { isTestPath } from "./test-paths.ts";
import type { ValidationRun } from "./validation.ts";

const oid = parseOid("a".repeat(40));
if (oid === undefined) throw new Error("a fixture is wrong");

const ran = (output: string, extra: Partial<ValidationRun> = {}): ValidationRun => {
  const argv = ["python3", "-m", "pytest", "-q"];
  const bytes = new TextEncoder().encode(output);
  const counts = countsOf({ argv: extra.argv ?? argv, output: bytes });
  return {
    on: "candidate",
    tree: oid,
    argv,
    program: { path: "/usr/bin/python3", digest: digestOf("p") },
    startedAt: "2026-01-01T00:00:00.000Z",
    durationMs: 5,
    exitCode: 0,
    signal: null,
    output: bytes,
    outputBytes: bytes.length,
    outputDigest: digestOf(bytes),
    manifestBefore: digestOf("m"),
    manifestAfter: digestOf("m"),
    ...(counts === undefined ? {} : { counts }),
    ...extra,
  };
};
const green = ran("......\n6 passed in 0.01s\n");
const base = ran("....\n4 passed in 0.01s\n");
const judge = (runs: Partial<ValidationRuns>): ReturnType<typeof judgeValidation> =>
  judgeValidation({ runs: { candidate: green, base, ...runs }, probes: [] });

test("R092 a green run on the candidate passes", () => {
  expect(judge({})).toMatchObject({ ok: true, value: { counts: { passed: 6 }, findings: [] } });
});

test.each<[string, ValidationRun, string]>([
  ["a red run", ran("1 failed, 5 passed in 0.1s\n", { exitCode: 1 }), "validation/failed"],
  ["a killed run", ran("", { exitCode: null, signal: "SIGKILL" }), "validation/failed"],
  ["pytest's exit 5", ran("no tests ran in 0.01s\n", { exitCode: 5 }), "validation/no-test-ran"],
  ["exit 0 with nothing collected", ran("no tests ran in 0.01s\n"), "validation/no-test-ran"],
  ["exit 0 without any closing line", ran("collecting ...\n"), "validation/no-test-ran"],
  ["exit 0 with only skipped tests", ran("3 skipped in 0.01s\n"), "validation/no-test-ran"],
  ["a limit", ran("", { exitCode: null, signal: "SIGKILL", limit: "wall" }), "validation/limit-reached"],
  ["a tree that changed", ran("6 passed in 0.1s\n", { manifestAfter: digestOf("other") }), "validation/tree-changed"],
])("R093 %s voids", (_, candidate, code) => {
  expect(judge({ candidate })).toMatchObject({ ok: false, refusals: [{ code }] });
});

const bound: BoundProbe = { criterion: "C1", argv: ["true"], onCandidate: 0, onBase: 1, baseExpected: "fails" };

test.each<[string, Partial<BoundProbe>]>([
  ["fails on the candidate", { onCandidate: 1 }],
  ["is killed on the candidate", { onCandidate: null }],
  ["passes on the base, where it was to fail", { onBase: 0 }],
  ["is killed on the base", { onBase: null }],
  ["was ended by a limit", { spoiled: "the limit wall ended it" }],
  ["changed the tree", { spoiled: "it changed the tree" }],
])("R093 R118 a probe of the owner that %s voids, whatever the command says", (_, probe) => {
  const probes = [bound, { ...bound, criterion: "C2", ...probe }];
  const judged = judgeValidation({ runs: { candidate: green, base }, probes });
  const codes = refusalsOf(judged).map(({ code, facts }) => [code, facts["criterion"]]);
  expect(codes).toEqual([["validation/probe-failed", "C2"]]);
});

test("R093 a red command and every failed probe are told together, and probes that hold stop nothing", () => {
  const runs = { candidate: ran("1 failed, 5 passed in 0.1s\n", { exitCode: 1 }), base };
  const failed = [bound, { ...bound, criterion: "C2" }].map((one) => ({ ...one, onCandidate: 1 }));
  expect(refusalsOf(judgeValidation({ runs, probes: failed })).map(({ code }) => code)).toEqual([
    "validation/failed",
    "validation/probe-failed",
    "validation/probe-failed",
  ]);
  expect(judgeValidation({ runs: { candidate: green, base }, probes: [bound] })).toMatchObject({ ok: true });
});

test.each<[string, Partial<ValidationRuns>, string]>([
  ["R094 fewer tests than before", { candidate: ran("3 passed in 0.1s\n") }, "validation/tests-weakened"],
  [
    "R094 a test that is now expected to fail",
    { candidate: ran("6 passed, 1 xfailed in 0.1s\n") },
    "validation/tests-weakened",
  ],
  ["R094 a new skip", { candidate: ran("6 passed, 1 skipped in 0.1s\n") }, "validation/tests-weakened"],
  ["R095 new tests that pass on the old sources", { newTestsOnBase: green }, "validation/not-proved"],
  [
    "R095 old tests that fail on the new sources",
    { baseTestsOnCandidate: ran("1 failed in 0.1s\n", { exitCode: 1 }) },
    "validation/old-tests-fail",
  ],
  [
    "a command that fails on the base",
    { base: ran("1 failed, 3 passed in 0.1s\n", { exitCode: 1 }) },
    "validation/base-fails",
  ],
  [
    "a runner whose counts are not read",
    { candidate: ran("ok\n", { argv: ["make", "check"] }) },
    "validation/not-counted",
  ],
])("%s is a finding", (_, runs, code) => {
  const judged = judge(runs);
  expect(judged).toMatchObject({ ok: true });
  expect(judged.ok && judged.value.findings.map((finding) => finding.code)).toContain(code);
});

test.each<[readonly string[], string, object | undefined]>([
  [["pytest"], "=== 2 passed, 1 skipped, 1 error in 0.12s ===\n", { passed: 2, failed: 0, skipped: 1, errors: 1 }],
  [
    ["python3", "-m", "pytest"],
    "\u001B[32m\u001B[1m5 passed\u001B[0m\u001B[32m in 0.01s\u001B[0m\n",
    { passed: 5, failed: 0, skipped: 0, errors: 0 },
  ],
  [
    ["python3", "-m", "unittest"],
    "Ran 3 tests in 0.001s\n\nFAILED (failures=1)\n",
    { passed: 2, failed: 1, skipped: 0, errors: 0 },
  ],
  [["pytest"], "2 passed, 1 skipped, 2 xfailed, 1 xpassed in 0.12s\n", { passed: 2, failed: 0, skipped: 4, errors: 0 }],
  [
    ["python3", "-m", "unittest"],
    "Ran 4 tests in 0.001s\n\nOK (skipped=1, expected failures=2)\n",
    { passed: 1, failed: 0, skipped: 3, errors: 0 },
  ],
  [
    ["python3", "-m", "unittest"],
    "Ran 3 tests in 0.1s\n\nFAILED (failures=1, unexpected successes=1)\n",
    { passed: 1, failed: 1, skipped: 1, errors: 0 },
  ],
  [
    ["cargo", "test"],
    "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured\n",
    { passed: 3, failed: 0, skipped: 1, errors: 0 },
  ],
  [
    ["node", "--test"],
    "ℹ tests 4\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\n",
    { passed: 3, failed: 1, skipped: 0, errors: 0 },
  ],
  [["vitest", "run"], "      Tests  2 failed | 7 passed (9)\n", { passed: 7, failed: 2, skipped: 0, errors: 0 }],
  [["make", "check"], "6 passed in 0.1s\n", undefined],
])("the closing words of %j are read", (argv, output, counts) => {
  expect(countTests(argv, output)).toEqual(counts);
});

test.each([
  ["test_strings.py", true],
  ["src/strings.py", false],
  ["tests/a/b.py", true],
  ["src/a.test.ts", true],
  ["contest.py", false],
])("%s is a test: %s", (path, is) => {
  expect(isTestPath(path)).toBe(is);
});
