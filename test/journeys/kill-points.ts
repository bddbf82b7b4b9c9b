import { expect } from "vitest";

import type { World } from "../../src/harness/world.ts";
import type { RunId } from "../../src/workflow/ids.ts";
import { EVERY_CASE } from "../every-case.ts";
import type { BreakingPoint } from "./breaking.ts";
import { commitsOf, expectEvidence, factsOf } from "./ended.ts";
import type { Ground } from "./ground.ts";

export const AT_WORK: BreakingPoint = { seam: "backend.log", when: "after", nth: 8 };

/** Every place at which a run is killed; where its target stands then; how many agents were started when it has ended. */
export const KILL_POINTS: readonly (readonly [
  at: string,
  point: BreakingPoint,
  target: "untouched" | "holds commit",
  agents: number,
])[] = [
  ["the run is ordered", { line: "run.ordered" }, "untouched", 1],
  ["the approval is linked and not yet in the ledger", { seam: "consume", when: "after" }, "untouched", 1],
  ["the gate is recorded and the approval spent", { line: "step.finished", subject: "step/gate" }, "untouched", 1],
  ["the agent's sandbox is recorded", { line: "sandbox.started" }, "untouched", 1],
  ["the agent is at work", AT_WORK, "untouched", 2],
  ["the agent's step is recorded", { line: "step.finished", subject: "step/backend" }, "untouched", 1],
  ["a validation is running", { seam: "validation.start", when: "after" }, "untouched", 1],
  ["a validation has ended", { line: "validation.finished" }, "untouched", 1],
  ["the validation is recorded", { line: "step.finished", subject: "step/validation" }, "untouched", 1],
  ["the commit is claimed", { seam: "target.commit", when: "before" }, "untouched", 1],
  ["the commit has landed and nobody was told", { seam: "target.commit", when: "after" }, "holds commit", 1],
  ["the commit is recorded", { line: "commit.created" }, "holds commit", 1],
  ["the proof is recorded", { line: "step.finished", subject: "step/proof" }, "holds commit", 1],
  ["the run is finished and no file is written", { line: "run.finished" }, "holds commit", 1],
  ["half of the bundle is written", { seam: "archive.put", when: "after", nth: 5 }, "holds commit", 1],
  ["the bundle is in the ledger and not yet in its place", { seam: "archive.seal", when: "before" }, "holds commit", 1],
  ["the bundle is sealed and the run still open", { seam: "archive.seal", when: "after" }, "holds commit", 1],
];

/** One kill on each side of what cannot be done twice: what `script/test` tries. `npm run test:kills` tries all. */
const EVERY_DAY: ReadonlySet<string> = new Set([
  "the gate is recorded and the approval spent",
  "the agent is at work",
  "the commit is claimed",
  "the commit has landed and nobody was told",
  "half of the bundle is written",
]);

const DAILY_POINTS = KILL_POINTS.filter(([at]) => EVERY_DAY.has(at));
if (DAILY_POINTS.length < EVERY_DAY.size)
  throw new Error("a kill point that script/test tries is called otherwise now");

export const TRIED_POINTS: typeof KILL_POINTS = EVERY_CASE ? KILL_POINTS : DAILY_POINTS;

/** A run that was broken off and went on came to the one commit, by facts and records that each are there once. */
export const expectOneCommit = async (
  { ground, world, base }: { readonly ground: Ground; readonly world: World; readonly base: string },
  agents: number | "any",
): Promise<RunId> => {
  const [row, ...more] = await world.store.runs({});
  if (row === undefined) throw new Error("there is no run");
  expect(more).toEqual([]);
  expect(row).toMatchObject({ state: "ended", ending: "awaiting_outcome" });
  expect(await world.store.work(ground.work)).toMatchObject({ state: "awaiting_outcome" });
  expect(commitsOf(ground)).toEqual([row.summary["commit"], base]);
  expect((await world.target.observe(ground.target)).ok).toBe(true);
  await expectEvidence(world, row.run, "awaiting_outcome");

  const facts = await factsOf(world, row.run);
  const told = (type: string): number => facts.filter((fact) => fact.type === type).length;
  if (agents !== "any") expect(told("backend.started")).toBe(agents);
  for (const type of [
    "permit.issued",
    "approval.consumed",
    "diff.judged",
    "commit.created",
    "commit.proved",
    "run.finished",
  ])
    expect([type, told(type)]).toEqual([type, 1]);
  expect((await world.store.leaves(0)).filter(({ type }) => type === "approval.consumed")).toHaveLength(1);
  expect(await world.store.check()).toEqual([]);
  return row.run;
};
