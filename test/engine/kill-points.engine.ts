import { afterAll, describe, expect, test } from "vitest";

import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { livingOf, standStill } from "../journeys/breaking.ts";
import { commitsOf } from "../journeys/ended.ts";
import { expectOneCommit, KILL_POINTS } from "../journeys/kill-points.ts";
import { figuresOf, tellFigures } from "./figures.ts";
import { harnessEngines, startWorker, untilEnded } from "./harness-ground.ts";

// The whole Harness on each engine: a worker of a real home is killed at every point of a run, and another one that
// was there already goes on to the one commit.

afterAll(tellFigures);

describe.each(harnessEngines())("$name", (engine) => {
  afterAll(() => engine.close());

  test.each(KILL_POINTS)(
    "R133 R097 a worker that is killed when %s is taken over by another one",
    async (_, point, target, agents) => {
      await engine.with(async (approved) => {
        const { ground, world, base } = approved;
        expect((await leaveRun(world, ground.work)).ok).toBe(true);
        const killed = await standStill(ground, point, { as: "worker" });
        const heir = await startWorker(ground);
        expect(commitsOf(ground)).toHaveLength(target === "untouched" ? 1 : 2);
        await killed.end();
        figuresOf(engine.name).kills += 1;
        await untilEnded(approved, heir);
        expect(livingOf(killed.family)).toEqual([]);
        await expectOneCommit({ ground, world, base }, agents);
        expect(await heir.end()).toBe(0);
      });
    },
  );
});
