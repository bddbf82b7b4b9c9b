import { array, assert, constant, integer, oneof, option, property, tuple, uint8Array } from "fast-check";
import { expect, test } from "vitest";

import { oid } from "../../../test/fixtures/governed.ts";
import { digestOf } from "../digest.ts";
import type { ValidationRun } from "../validation/validation.ts";
import { testLog } from "./test-log.ts";
import { readTestLog } from "./verify/test-log-reader.ts";

const run = (on: ValidationRun["on"], output: Uint8Array, exitCode: number | null): ValidationRun => ({
  on,
  tree: oid("a"),
  argv: ["python3", "-m", "pytest", "-q"],
  program: { path: "/usr/bin/python3", digest: digestOf("python3") },
  startedAt: "2026-06-01T10:00:00.000Z",
  durationMs: 400,
  exitCode,
  signal: exitCode === null ? "SIGKILL" : null,
  output,
  outputBytes: output.length,
  outputDigest: digestOf(output),
  manifestBefore: digestOf("m"),
  manifestAfter: digestOf("m"),
});

const logOf = (
  validation: readonly ValidationRun[],
  probes: Parameters<typeof testLog>[0]["probes"] = new Map(),
): Uint8Array => {
  const log = testLog({ validation, probes });
  if (log === "no-run") throw new Error("a run was given");
  return log;
};

test("whatever the tests print, the verifier reads the same runs back (R093)", () => {
  const output = oneof(uint8Array({ maxLength: 80 }), constant(logOf([run("base", Buffer.from("x"), 0)])));
  assert(
    property(array(tuple(output, option(integer({ min: 0, max: 255 }))), { minLength: 1, maxLength: 4 }), (outputs) => {
      const runs = outputs.map(([bytes, exit], at) => run(at === 0 ? "candidate" : "base", bytes, exit));
      const read = readTestLog(logOf(runs)) ?? [];
      expect(read.map(({ on, exitCode }) => [on, exitCode])).toEqual(runs.map(({ on, exitCode }) => [on, exitCode]));
      expect(read.map(({ output: bytes }) => digestOf(bytes))).toEqual(runs.map(({ outputDigest }) => outputDigest));
    }),
  );
});

test("the run on the candidate comes first, the owner's probes last", () => {
  const probe = { argv: ["true"], onCandidate: 0, onBase: 1, baseExpected: "fails" as const, output: "" };
  const log = logOf([run("base", Buffer.of(), 0), run("candidate", Buffer.of(), 0)], new Map([["C1", probe]]));
  expect(readTestLog(log)?.map(({ on }) => on)).toEqual(["candidate", "base", "probe"]);
});

test("it tells what ran, where, from when to when, by which program, on which tree", () => {
  const [head = ""] = new TextDecoder().decode(logOf([run("candidate", Buffer.of(), 0)])).split("\n");
  expect(JSON.parse(head)).toMatchObject({
    folder: "/workspace",
    startedAt: "2026-06-01T10:00:00.000Z",
    endedAt: "2026-06-01T10:00:00.400Z",
    program: "/usr/bin/python3",
    tree: oid("a"),
  });
});

test("a log with one byte too few or too many is no log", () => {
  const log = logOf([run("candidate", Buffer.from("out"), 0)]);
  expect(readTestLog(log.subarray(0, -1))).toBeUndefined();
  expect(readTestLog(Uint8Array.of(...log, 0x0a))).toBeUndefined();
  expect(readTestLog(log.subarray(1))).toBeUndefined();
});

test("no validation, no log", () => {
  expect(testLog({ validation: [], probes: new Map() })).toBe("no-run");
});
