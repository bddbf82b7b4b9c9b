import { readdirSync } from "node:fs";
import path from "node:path";

import { afterAll, describe, expect, test } from "vitest";

import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { runId } from "../../src/workflow/ids.ts";
import { livingOf, standStill, type BreakingPoint } from "../journeys/breaking.ts";
import { factsOf, type Approved } from "../journeys/ended.ts";
import { targetDigest } from "../journeys/ground.ts";
import { AT_WORK, expectOneCommit } from "../journeys/kill-points.ts";
import { layLine, type Cut } from "./cut-line.ts";
import { figuresOf, tellFigures } from "./figures.ts";
import { harnessEngines, layServices, startWorker, untilEnded, type Laid } from "./harness-ground.ts";

// A worker of a real home that sleeps through its takeover, and one that is cut off from the database. Each case waits
// for as long as a silent worker counts as alive, so all of an engine are waited for together.

afterAll(tellFigures);

/** Where a worker falls asleep, and how many agents were started when its run has ended. */
const ASLEEP: readonly (readonly [at: string, point: BreakingPoint, agents: number])[] = [
  ["while the agent works", AT_WORK, 2],
  ["right before the target hears of the commit", { seam: "target.commit", when: "before" }, 1],
  ["when the commit has landed", { seam: "target.commit", when: "after" }, 1],
  ["amid its bundle", { seam: "archive.put", when: "after", nth: 5 }, 1],
  ["right before the bundle has its name", { seam: "archive.seal", when: "before" }, 1],
];

/** Where a worker is cut off, and how. */
const CUT_OFF: readonly (readonly [at: string, point: BreakingPoint, how: Cut])[] = [
  ["while a validation runs", { seam: "validation.start", when: "after" }, "silent"],
  ["right before the target hears of the commit", { seam: "target.commit", when: "before" }, "silent"],
  ["right before the target hears of the commit", { seam: "target.commit", when: "before" }, "closed"],
  ["right before the bundle has its name", { seam: "archive.seal", when: "before" }, "silent"],
];

/** All that a worker could write of its run. */
const written = async ({ ground, world }: Approved): Promise<unknown> => {
  const run = runId(ground.work, 1);
  const bundle = await world.archive.open({ run });
  return {
    facts: (await factsOf(world, run)).length,
    leaves: (await world.store.leaves(0)).length,
    row: await world.store.run(run),
    bundle: bundle === "absent" ? bundle : [...bundle.files].map(([name, bytes]) => `${name} ${digestOf(bytes)}`),
    target: await targetDigest(world, ground),
    runs: readdirSync(path.join(ground.home, ".cto/runs")),
    started: readdirSync(path.join(ground.home, ".cto/started")),
  };
};

const whyOf = (error: unknown): string =>
  error instanceof Error && "diff" in error ? `${error.message}\n${String(error.diff)}` : String(error);

describe.each(harnessEngines())("$name", (engine) => {
  afterAll(() => engine.close());

  const slept = async (approved: Approved, point: BreakingPoint, agents: number): Promise<void> => {
    const { ground, world, base } = approved;
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const sleeper = await standStill(ground, point, { as: "worker", there: "freeze" });
    const heir = await startWorker(ground);
    await untilEnded(approved, heir);
    expect(await heir.end()).toBe(0);
    const before = await written(approved);
    sleeper.send("SIGCONT");
    const { exit, said } = await sleeper.ended;
    expect({ exit, said }).toMatchObject({ exit: 4 });
    figuresOf(engine.name).cutOff += 1;
    expect(livingOf(sleeper.family)).toEqual([]);
    expect(await written(approved)).toEqual(before);
    await expectOneCommit({ ground, world, base }, agents);
  };

  test("R134 a worker that sleeps through its takeover writes nothing more, wherever it fell asleep", async () => {
    const all = ASLEEP.map(([, point, agents]) => engine.with((approved) => slept(approved, point, agents)));
    const ends = await Promise.allSettled(all);
    const failed = ends.flatMap((one, nth) =>
      one.status === "rejected" ? [{ at: ASLEEP[nth]?.[0], why: whyOf(one.reason) }] : [],
    );
    expect(failed).toEqual([]);
  });
});

describe.each(harnessEngines().filter(({ name }) => name.includes("PostgreSQL")))("$name", (engine) => {
  afterAll(() => engine.close());

  const cutOff = async (approved: Approved & Laid, point: BreakingPoint, how: Cut): Promise<void> => {
    const { ground, world, base, url } = approved;
    if (url === undefined) throw new Error("no server");
    expect((await leaveRun(world, ground.work)).ok).toBe(true);
    const line = await layLine(url);
    try {
      await layServices(ground.home, line.url);
      const cut = await standStill(ground, point, { as: "worker", there: "hold" });
      await layServices(ground.home, url);
      const heir = await startWorker(ground);
      line.cut(how);
      const { exit, said } = await cut.ended;
      expect({ exit, said }).toMatchObject({ exit: 4 });
      // Whoever is cut off is gone before anybody else begins.
      if (how === "silent") expect(heir.said()).not.toContain('"kind":"begins"');
      figuresOf(engine.name).cutOff += 1;
      await untilEnded(approved, heir);
      expect(await heir.end()).toBe(0);
      expect(livingOf(cut.family)).toEqual([]);
      await expectOneCommit({ ground, world, base }, 1);
    } finally {
      await line.close();
    }
  };

  test("R134 a worker that is cut off from the database ends by itself, and its run is finished once", async () => {
    const all = CUT_OFF.map(([, point, how]) => engine.with((approved) => cutOff(approved, point, how)));
    const ends = await Promise.allSettled(all);
    const failed = ends.flatMap((one, nth) =>
      one.status === "rejected" ? [{ at: CUT_OFF[nth], why: whyOf(one.reason) }] : [],
    );
    expect(failed).toEqual([]);
  });
});
