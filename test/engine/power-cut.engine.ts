import { setTimeout as delay } from "node:timers/promises";

import { afterAll, describe, expect, test } from "vitest";

import { leaveRun } from "../../src/harness/orders/run-order.ts";
import { familyOf, isStopped, livingOf, standStill, type Standing } from "../journeys/breaking.ts";
import { commitsOf, gitIn, withApproved } from "../journeys/ended.ts";
import type { Ground } from "../journeys/ground.ts";
import { expectOneCommit, KILL_POINTS } from "../journeys/kill-points.ts";
import { figuresOf, tellFigures } from "./figures.ts";
import { addRuns, harnessEngines, startWorker, untilEnded, type Laid } from "./harness-ground.ts";
import { layDisk, NO_LOOP_DISK, type LoopDisk } from "./loop-disk.ts";

// Power cuts: one worker comes to every kill point, and at each the disk is kept as a power cut would leave it, with
// home, target and server on it and nothing that was not synced. Then each of those disks comes up again, and another
// worker goes on from what it finds.

afterAll(tellFigures);

const ENGINES = NO_LOOP_DISK === undefined ? harnessEngines() : [];

/** Nothing of it writes while the disk is looked at. */
const inStillness = <T>(pids: readonly number[], act: () => T): T => {
  const all = pids.flatMap((pid) => [pid, ...familyOf(pid).map((one) => one.pid)]);
  const send = (signal: NodeJS.Signals): void => {
    for (const pid of all)
      try {
        process.kill(pid, signal);
      } catch {
        // It has ended by itself.
      }
  };
  send("SIGSTOP");
  try {
    return act();
  } finally {
    send("SIGCONT");
  }
};

const imagesOf = async (
  points: typeof KILL_POINTS,
  worker: Standing,
  disk: LoopDisk,
  server: Laid["server"],
): Promise<readonly string[]> => {
  const images: string[] = [];
  for (const [at] of points) {
    if (images.length > 0 && !(await worker.next())) throw new Error(`it did not come to: ${at}`);
    while (!isStopped(worker.pid)) await delay(1);
    const others = [...worker.family.map(({ pid }) => pid), ...(server === undefined ? [] : [server.pid()])];
    images.push(inStillness(others, () => disk.image()));
    if (images.length < points.length) worker.send("SIGCONT");
  }
  return images;
};

/** What a cut leaves of a target is what was there, or the one commit whole. */
const expectWholeTarget = ({ target }: Ground, base: string): void => {
  expect(gitIn(target, "fsck", "--strict", "--no-dangling")).toBe("");
  const commits = commitsOf({ target });
  expect([1, 2]).toContain(commits.length);
  expect(commits.at(-1)).toBe(base);
};

describe.each(ENGINES)("$name", (engine) => {
  afterAll(() => engine.close());

  test(
    "R133 a power cut at any kill point leaves a disk from which the run goes on to its one commit",
    { timeout: 900_000 },
    async () => {
      const disk = layDisk();
      const { prepare, server } = await engine.lay(disk.folder);
      // A server takes its time to come up: there every second point.
      const points = KILL_POINTS.filter((_, at) => server === undefined || at % 2 === 0);
      try {
        await withApproved(
          async ({ ground, world, base }) => {
            expect((await leaveRun(world, ground.work)).ok).toBe(true);
            disk.sync();
            const worker = await standStill(
              ground,
              points.map(([, point]) => point),
              { as: "worker", there: "freeze" },
            );
            const images = await imagesOf(points, worker, disk, server);
            const family = familyOf(worker.pid);
            await worker.end();
            for (const { pid } of livingOf(family)) process.kill(pid, "SIGKILL");
            await world.store.close();
            const failed: unknown[] = [];
            for (const [nth, image] of images.entries()) {
              await server?.kill();
              await disk.comeUp(image);
              await server?.start();
              figuresOf(engine.name).powerCuts += 1;
              try {
                expectWholeTarget(ground, base);
                await goesOn(ground, base);
              } catch (error) {
                failed.push({ at: points[nth]?.[0], why: error });
              }
            }
            expect(failed).toEqual([]);
          },
          {},
          { below: disk.folder, prepare },
        );
      } finally {
        await server?.close();
        await disk.close();
      }
    },
  );

  const goesOn = async (ground: Ground, base: string): Promise<void> => {
    const world = await ground.open();
    try {
      const heir = await startWorker(ground);
      await untilEnded({ world }, heir);
      expect(await heir.end()).toBe(0);
      expect((await addRuns(engine.name, { world, ground })).endings).toEqual({ awaiting_outcome: 1 });
      await expectOneCommit({ ground, world, base }, "any");
    } finally {
      await world.store.close();
    }
  };
});
