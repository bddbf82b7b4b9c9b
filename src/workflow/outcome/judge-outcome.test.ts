import { expect, test } from "vitest";

import { RUN_ENDINGS } from "../run-state.ts";
import { objectionsTo, type Decision } from "./judge-outcome.ts";

const run: Decision["run"] = {
  id: "R-049-01",
  state: "awaiting_outcome",
  criteria: [
    { id: "C1", status: "owner-judged" },
    { id: "C3", status: "proven" },
  ],
  toAcknowledge: [],
};

const yes: Decision = {
  outcome: "accepted",
  reason: "",
  acknowledged: [],
  run,
  evidence: "PASS",
  alreadyRecorded: "none",
};
const no: Decision = { ...yes, outcome: "rejected", reason: "the wrong file" };

const codes = (decision: Decision): readonly string[] => [...objectionsTo(decision)].map(({ code }) => code);

test("R119 what waits for its owner, verifies and is proven can be accepted, or rejected with a reason", () => {
  expect(codes(yes)).toEqual([]);
  expect(codes(no)).toEqual([]);
});

test.each<[string, Decision, readonly string[]]>([
  ["evidence that fails", { ...yes, evidence: "FAIL" }, ["outcome/evidence-does-not-verify"]],
  ["evidence that is not proven", { ...yes, evidence: "NOT-PROVEN" }, ["outcome/evidence-does-not-verify"]],
  ["no evidence", { ...yes, evidence: "absent" }, ["outcome/evidence-does-not-verify"]],
  [
    "a criterion that is not proven",
    { ...yes, run: { ...run, criteria: [{ id: "C3", status: "not-proven" }] } },
    ["outcome/criterion-not-proven"],
  ],
  [
    "a finding that nobody named",
    { ...yes, run: { ...run, toAcknowledge: ["push"] } },
    ["outcome/finding-not-acknowledged"],
  ],
  [
    "a finding beside the one that is named",
    { ...yes, acknowledged: ["push"], run: { ...run, toAcknowledge: ["push", "validation/not-proved"] } },
    ["outcome/finding-not-acknowledged"],
  ],
  [
    "a finding that is named in other letters",
    { ...yes, acknowledged: ["PUSH", "push ", "*"], run: { ...run, toAcknowledge: ["push"] } },
    ["outcome/finding-not-acknowledged"],
  ],
  ["an interrupted run", { ...yes, run: { ...run, state: "interrupted" } }, ["outcome/nothing-to-decide"]],
])("R120 %s cannot be accepted", (_, decision, expected) => {
  expect(codes(decision)).toEqual(expected);
});

test.each([...RUN_ENDINGS, "ordered", "executing", "committing", "sealing", "accepted", "Awaiting_outcome", ""])(
  "R119 a run that is %j can be decided only if it waits, and rejected also if it was interrupted",
  (state) => {
    const nothing = ["outcome/nothing-to-decide"];
    expect(codes({ ...yes, run: { ...run, state } })).toEqual(state === "awaiting_outcome" ? [] : nothing);
    expect(codes({ ...no, run: { ...run, state } })).toEqual(
      state === "awaiting_outcome" || state === "interrupted" ? [] : nothing,
    );
  },
);

test.each(["", " ", "\n\t"])("R119 %j is no reason to reject", (reason) => {
  expect(codes({ ...no, reason })).toEqual(["outcome/reason-missing"]);
});

test("R119 a rejection asks for nothing but a reason: evidence that fails is one", () => {
  const broken = { ...run, criteria: [{ id: "C3", status: "not-proven" as const }], toAcknowledge: ["push"] };
  expect(codes({ ...no, evidence: "FAIL", run: broken })).toEqual([]);
});

test.each(["accepted", "rejected"])(
  "R019 a run that is %s already is not decided again, by anybody, either way",
  (alreadyRecorded) => {
    expect(codes({ ...yes, alreadyRecorded })).toEqual(["outcome/already-recorded"]);
    expect(codes({ ...no, alreadyRecorded })).toEqual(["outcome/already-recorded"]);
  },
);

test("every objection is told at once, each finding by its name", () => {
  const objections = [
    ...objectionsTo({
      ...yes,
      evidence: "FAIL",
      run: {
        ...run,
        criteria: [
          { id: "C3", status: "not-proven" },
          { id: "C4", status: "not-proven" },
        ],
        toAcknowledge: ["push", "merge"],
      },
    }),
  ];
  expect(objections.map(({ code }) => code)).toEqual([
    "outcome/evidence-does-not-verify",
    "outcome/criterion-not-proven",
    "outcome/criterion-not-proven",
    "outcome/finding-not-acknowledged",
    "outcome/finding-not-acknowledged",
  ]);
  expect(objections.map(({ facts }) => facts["id"] ?? facts["code"]).slice(1)).toEqual(["C3", "C4", "push", "merge"]);
});
