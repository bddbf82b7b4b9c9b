import { expect, test } from "vitest";

import { EVENT_TYPES, type RunEvent } from "./run-events.ts";
import { foldRun, RUN_ENDINGS, type RunState } from "./run-state.ts";

type Fact = Pick<RunEvent, "type" | "data">;
const fact = (type: RunEvent["type"], data: RunEvent["data"] = {}): Fact => ({ type, data });
const ordered = fact("run.ordered");
const sha = "a".repeat(64);

const folded = (...facts: readonly Fact[]): RunState => {
  const run = foldRun([ordered, ...facts]);
  if (run === "none") throw new Error("an ordered run is not nothing");
  return run;
};

test("no facts are no run", () => {
  expect(foldRun([])).toBe("none");
});

test("R017 a run stands where its facts say", () => {
  expect(folded()).toMatchObject({ state: "ordered", stage: "gate", ending: null, facts: 1 });
  expect(folded(fact("permit.issued"), fact("workspace.prepared"))).toMatchObject({
    state: "executing",
    stage: "workspace",
  });
  expect(folded(fact("tool.started"), fact("sandbox.attempt"), fact("error.raised")).stage).toBe("backend");
  expect(folded(fact("run.stopping")).stopping).toBe(true);
  const commit = "9".repeat(40);
  expect(folded(fact("commit.created", { commit }))).toMatchObject({ state: "committing", stage: "commit", commit });
  const steps = folded(fact("step.finished", { step: "gate", attempt: 1, outputSha256: sha })).steps;
  expect([...steps]).toEqual([["gate", sha]]);
});

test.each(RUN_ENDINGS)("R018 a run can end %s, and keeps the stage where it ended", (result) => {
  const run = folded(fact("validation.started"), fact("run.finished", { result, code: "validation/failed" }));
  expect(run).toMatchObject({ state: "finished", ending: result, stage: "validation", code: "validation/failed" });
});

test("every known fact has its place in the fold", () => {
  const data = { step: "gate", outputSha256: sha, commit: "9".repeat(40), result: "blocked" };
  for (const type of EVENT_TYPES.filter((each) => each !== "run.ordered"))
    expect(folded(fact(type, data)).facts).toBe(2);
});

test.each<readonly [string, readonly Fact[]]>([
  ["an unknown fact", [ordered, fact("run.promoted" as never)]],
  ["a fact before the order", [fact("gate.checked")]],
  ["a second order", [ordered, ordered]],
  ["a fact after the end", [ordered, fact("run.finished", { result: "blocked" }), fact("gate.checked")]],
  ["two ends", [ordered, fact("run.finished", { result: "blocked" }), fact("run.finished", { result: "failed" })]],
  ["an unknown ending", [ordered, fact("run.finished", { result: "fine" })]],
  ["an ending without a result", [ordered, fact("run.finished")]],
  ["a step without its output", [ordered, fact("step.finished", { step: "gate" })]],
])("R017 %s is a crash", (_, facts) => {
  expect(() => foldRun(facts)).toThrow(TypeError);
});
