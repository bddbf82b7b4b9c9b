import { expect, test } from "vitest";

import { breakOff, livingOf, type BreakingPoint } from "./breaking.ts";
import { commitsOf, expectEvidence, factsOf, withApproved } from "./ended.ts";
import { endOf, runOnce } from "./ground.ts";

/** Every place at which a run is killed, and how often an agent was started in all when it has ended after that. */
const POINTS: readonly (readonly [at: string, point: BreakingPoint, agents: number])[] = [
  ["the run is ordered", { line: "run.ordered" }, 1],
  ["the approval is linked and not yet in the ledger", { seam: "consume", when: "after" }, 1],
  ["the gate is recorded and the approval spent", { line: "step.finished", subject: "step/gate" }, 1],
  ["the agent's sandbox is recorded", { line: "sandbox.started" }, 1],
  ["the agent is at work", { line: "tool.finished" }, 2],
  ["the agent's step is recorded", { line: "step.finished", subject: "step/backend" }, 1],
  ["a validation is running", { seam: "validation.start", when: "after" }, 1],
  ["a validation has ended", { line: "validation.finished" }, 1],
  ["the validation is recorded", { line: "step.finished", subject: "step/validation" }, 1],
  ["the commit is claimed", { seam: "target.commit", when: "before" }, 1],
  ["the commit has landed and nobody was told", { seam: "target.commit", when: "after" }, 1],
  ["the commit is recorded", { line: "commit.created" }, 1],
  ["the proof is recorded", { line: "step.finished", subject: "step/proof" }, 1],
  ["the run is finished and no file is written", { line: "run.finished" }, 1],
  ["half of the bundle is written", { seam: "archive.put", when: "after", nth: 5 }, 1],
  ["the bundle is in the ledger and not yet in its place", { seam: "archive.seal", when: "before" }, 1],
  ["the bundle is sealed and the run still open", { seam: "archive.seal", when: "after" }, 1],
];

test.each(POINTS)("R133 R097 killed when %s, a run goes on to exactly one commit", async (_, point, agents) => {
  await withApproved(async ({ ground, world, base }) => {
    expect(livingOf(await breakOff(ground, point))).toEqual([]);

    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);

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
    expect(told("backend.started")).toBe(agents);
    for (const type of ["permit.issued", "approval.consumed", "diff.judged", "commit.created", "commit.proved", "run.finished"])
      expect([type, told(type)]).toEqual([type, 1]);
    expect((await world.store.leaves(0)).filter(({ type }) => type === "approval.consumed")).toHaveLength(1);
    expect(await world.store.check()).toEqual([]);

    expect(endOf(await runOnce(world, ground))).toEqual(expect.arrayContaining(["blocked", "gate/work-not-approved", "approval/consumed"]));
    expect(commitsOf(ground)).toHaveLength(2);
  });
});
