import { expect, test } from "vitest";

import type { Criterion } from "../contract/contract.ts";
import { CRITERION_CHECKS } from "../vocabulary.ts";
import { judgeCriteria, type CriteriaFacts, type ProbeResult } from "./criteria.ts";

const probe: ProbeResult = { argv: ["python3", "-c", "assert True"], onCandidate: 0, onBase: 1, baseExpected: "fails" };

const good: CriteriaFacts = {
  targetClean: { clean: true, says: "The target is clean." },
  evidenceMissing: [],
  replayPaths: { readBack: true, count: 3 },
  defaultActivation: { before: false, after: false },
  probes: new Map([["C1", probe]]),
};

const criterion = (check: Criterion["check"], id = "C1"): Criterion => ({ id, check, text: `The sentence of ${id}.` });

const statusOf = (check: Criterion["check"], facts: Partial<CriteriaFacts>): string | undefined =>
  judgeCriteria([criterion(check)], { ...good, ...facts })[0]?.status;

test.each<[string, Criterion["check"], Partial<CriteriaFacts>]>([
  ["a target that is not clean", "target-clean", { targetClean: { clean: false, says: "README.md differs." } }],
  ["an entry that the bundle lacks", "evidence-complete", { evidenceMissing: ["test.log"] }],
  ["replay paths that do not read back", "replay-paths", { replayPaths: { readBack: false, count: 3 } }],
  ["no replay path at all", "replay-paths", { replayPaths: { readBack: true, count: 0 } }],
  [
    "an activation that was on before",
    "default-activation-false",
    { defaultActivation: { before: true, after: false } },
  ],
  ["an activation that is on after", "default-activation-false", { defaultActivation: { before: false, after: true } }],
])("R118 %s leaves its criterion unproven", (_, check, facts) => {
  expect(statusOf(check, facts)).toBe("not-proven");
});

test.each<[string, Partial<ProbeResult>]>([
  ["fails on the candidate", { onCandidate: 1 }],
  ["is killed on the candidate", { onCandidate: null }],
  ["passes on the base too, where it should fail", { onBase: 0 }],
  ["is killed on the base, where it should fail", { onBase: null }],
  ["fails on the base, where it should pass", { baseExpected: "passes", onBase: 1 }],
  ["is killed on the base, where it should pass", { baseExpected: "passes", onBase: null }],
  ["fails everywhere, whatever was expected of the base", { baseExpected: "any", onCandidate: 1 }],
  ["was spoiled, whatever its exits were", { spoiled: "a limit ended it" }],
])("R118 an owner's probe that %s leaves its criterion unproven", (_, result) => {
  expect(statusOf("owner-judged", { probes: new Map([["C1", { ...probe, ...result }]]) })).toBe("not-proven");
});

test.each<[string, Partial<ProbeResult>]>([
  ["passes on the candidate and fails on the base", {}],
  ["passes on both, as the owner expects", { baseExpected: "passes", onBase: 0 }],
  ["passes on the candidate, the base being open", { baseExpected: "any", onBase: null }],
])("R118 an owner's probe that %s is a fact for the owner, who still judges", (_, result) => {
  expect(statusOf("owner-judged", { probes: new Map([["C1", { ...probe, ...result }]]) })).toBe("owner-judged");
});

test("R031 a sentence that no check is bound to is the owner's to judge, whatever else is proven", () => {
  expect(judgeCriteria([criterion("owner-judged", "C2")], good)).toMatchObject([{ id: "C2", status: "owner-judged" }]);
});

test.each(CRITERION_CHECKS.filter((check) => check !== "owner-judged"))(
  "R118 a probe that passes does not prove %s, which the Harness judges itself",
  (check) => {
    const bad: CriteriaFacts = {
      targetClean: { clean: false, says: "It is not." },
      evidenceMissing: ["patch.diff"],
      replayPaths: { readBack: false, count: 0 },
      defaultActivation: { before: true, after: true },
      probes: good.probes,
    };
    expect(statusOf(check, bad)).toBe("not-proven");
    expect(statusOf(check, good)).toBe("proven");
  },
);

test("R118 every criterion keeps its place and its words, says its facts in one sentence and cites what holds them", () => {
  const asked = CRITERION_CHECKS.map((check, index) => criterion(check, `C${index + 1}`));
  const judged = judgeCriteria(asked, { ...good, probes: new Map() });
  expect(judged).toMatchObject(asked);
  for (const { says, cites } of judged) {
    expect(says).toMatch(/^[A-Z0-9r].*\.$/);
    expect(cites.length).toBeGreaterThan(0);
  }
});

test("what is missing is named", () => {
  const [judged] = judgeCriteria([criterion("evidence-complete")], {
    ...good,
    evidenceMissing: ["test.log", "patch.diff"],
  });
  expect(judged?.says).toBe("Missing: test.log, patch.diff.");
});
