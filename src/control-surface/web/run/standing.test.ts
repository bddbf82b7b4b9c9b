import { expect, test } from "vitest";

import type { RunCriterion, RunObject } from "../../../harness/objects/run.ts";
import type { Step } from "../../../harness/objects/step.ts";
import { kindOf, lostIn } from "./criterion-kinds.ts";
import { gateCellsOf, isTampered, type Standing } from "./standing.ts";

const RUN: RunObject = {
  run: "R-049-01",
  work: "CTO-WORK-049",
  state: "awaiting_outcome",
  word: "Awaiting outcome",
  startedAt: "2026-01-01T00:00:00.000Z",
  stages: [],
  canaries: [],
  next: "",
  seq: 7,
  verify: { verdict: "PASS", at: "2026-01-01T00:01:00.000Z" },
};

const fact = (seq: number, label: string, detail: Step["detail"]): Step => ({
  seq,
  label,
  detail,
  stage: "gate",
  trust: "harness-observed",
  subject: "run",
  startedAt: RUN.startedAt,
});

const FACTS = [
  fact(1, "gate.checked", { stage: "packet", ok: true, reason: "lints, 0 errors" }),
  fact(2, "gate.checked", { stage: "admission", ok: true, reason: "admitted" }),
  fact(3, "approval.verified", { principal: "jp", assurance: "A2" }),
  fact(4, "commit.created", { commit: "943d66915aab" }),
];
const RECORDS = [{ seq: 7, type: "run.sealed", at: RUN.startedAt }] as const;

const STANDING: Standing = { run: RUN, facts: FACTS, records: RECORDS, mismatches: [] };

const kinds = (standing: Standing): readonly string[] => gateCellsOf(standing).map(({ kind }) => kind);

test("no stop of the line has a tick before its fact is there", () => {
  expect(kinds(STANDING)).toEqual(["done", "done", "done", "done", "done", "now"]);
  const { verify: _, ...unsealed } = RUN;
  const begun: Standing = {
    run: { ...unsealed, state: "executing", word: "Running: gate" },
    facts: [],
    records: [],
    mismatches: [],
  };
  expect(kinds(begun)).toEqual(["open", "open", "open", "running", "open", "open"]);
  expect(kinds({ ...begun, facts: undefined })).not.toContain("done");
});

test("every tick carries the number of its fact or record", () => {
  for (const { kind, seq } of gateCellsOf(STANDING)) expect(kind !== "done" || seq !== undefined).toBe(true);
});

test.each([
  ["the verifier says FAIL", { ...STANDING, run: { ...RUN, verify: { verdict: "FAIL", at: RUN.startedAt } } }],
  ["one file hashes to something else here", { ...STANDING, mismatches: ["test.log"] }],
] as const)("where %s, nothing on the line is ticked and nothing is proven", (_, standing) => {
  expect(isTampered(standing)).toBe(true);
  expect(kinds(standing)).toEqual(["open", "open", "open", "open", "bad", "open"]);
  expect(kindOf(CRITERION, standing)).toBe("unproven");
});

const CRITERION: RunCriterion = {
  id: "C1",
  text: "it works",
  check: "target-clean",
  status: "proven",
  says: "clean",
  cites: [{ file: "test.log", line: 1, sha256: null }],
};

test("a criterion says which of its files is not what was sealed", () => {
  expect(kindOf(CRITERION, STANDING)).toBe("proven");
  expect(lostIn(CRITERION, { ...STANDING, mismatches: ["test.log"] })).toContain("test.log");
});

test("what blocked a run stands where it was blocked, and nothing was executed", () => {
  const facts = [fact(1, "gate.checked", { stage: "approval", ok: false, reason: "none" })];
  const run: RunObject = { ...RUN, state: "blocked", word: "Blocked: approval/absent" };
  expect(gateCellsOf({ ...STANDING, run, facts }).slice(2, 4)).toEqual([
    { name: "Approval", kind: "bad", word: "none", seq: 1, log: "run" },
    { name: "Execution", kind: "open", word: "nothing was started" },
  ]);
});

test("what was not asked, for another check had said no, is no failure of its own", () => {
  const facts = [
    fact(1, "gate.checked", { stage: "packet", ok: false, status: "block", reason: "does not lint" }),
    fact(2, "gate.checked", { stage: "admission", ok: false, status: "not-evaluated", reason: "waits for packet" }),
  ];
  const run: RunObject = { ...RUN, state: "blocked", word: "Blocked: packet/banner" };
  expect(gateCellsOf({ ...STANDING, run, facts }).slice(0, 2)).toEqual([
    { name: "Packet", kind: "bad", word: "does not lint", seq: 1, log: "run" },
    { name: "Admission", kind: "open", word: "waits for packet" },
  ]);
});

test("a run that broke off after its commit has no tick where it broke", () => {
  const facts = [fact(3, "commit.created", { commit: "9b1d7e2000" })];
  const run: RunObject = { ...RUN, state: "interrupted", word: "Interrupted at commit" };
  expect(gateCellsOf({ ...STANDING, run, facts })[3]).toMatchObject({
    kind: "bad",
    word: "interrupted; one commit, 9b1d7e2",
    seq: 3,
  });
});
