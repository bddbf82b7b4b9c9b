import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import Database from "better-sqlite3";
import { Client } from "pg";
import { afterAll, describe, expect, test } from "vitest";

import { schemaOf } from "../../src/adapters/store/open-postgres.ts";
import { leaveRun } from "../../src/harness/orders/run-order.ts";
import type { World } from "../../src/harness/world.ts";
import { runId } from "../../src/workflow/ids.ts";
import { isStopped, livingOf, standStill, type BreakingPoint, type Standing } from "../journeys/breaking.ts";
import { commitsOf, expectEvidence, withApproved, type Approved } from "../journeys/ended.ts";
import { runOnce, targetDigest, type Ground } from "../journeys/ground.ts";
import { AT_WORK, expectOneCommit } from "../journeys/kill-points.ts";
import { tellFigures } from "./figures.ts";
import { addRuns, harnessEngines, untilEnded } from "./harness-ground.ts";
import { layDisk, NO_LOOP_DISK, type LoopDisk } from "./loop-disk.ts";

// A disk that is full, or that the kernel made read-only, from some point of a run on; and a ledger that somebody else
// holds. `cto run` ends with 4, and the same command again goes on or says what came of it, once the disk serves.

afterAll(tellFigures);

type At = readonly [at: string, point: BreakingPoint];

const CLAIMED: At = ["the commit is claimed", { seam: "target.commit", when: "before" }];

const FULL_AT: readonly At[] = [
  ["the gate is recorded", { line: "step.finished", subject: "step/gate" }],
  ["the agent is at work", AT_WORK],
  CLAIMED,
  ["half of the bundle is written", { seam: "archive.put", when: "after", nth: 5 }],
];

const BROKEN_AT: readonly At[] = [
  ["the agent is at work", AT_WORK],
  CLAIMED,
  ["the commit has landed", { seam: "target.commit", when: "after" }],
];

/** Of all that a process said, what it ended with. */
const endOfText = (said: string): string => said.slice(-1_000);

const frozen = async (ground: Ground, point: BreakingPoint): Promise<Standing> => {
  const one = await standStill(ground, point, { as: "run-command", there: "freeze" });
  while (!isStopped(one.pid)) await delay(1);
  return one;
};

/** One commit and its outcome awaited; or none, the target as it was, and evidence that says why. */
const expectGoesOn = async (world: World, { ground, base, before }: Omit<Approved, "world">): Promise<void> => {
  const ended = await runOnce(world, ground);
  if (!ended.ok) throw new Error(`refused: ${ended.refusals.map(({ code }) => code).join(", ")}`);
  const { kind } = ended.value.ending;
  expect(["awaiting_outcome", "failed", "voided", "interrupted"]).toContain(kind);
  if (kind === "awaiting_outcome") return void (await expectOneCommit({ ground, world, base }, "any"));
  await expectEvidence(world, runId(ground.work, 1), kind);
  expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
  expect(commitsOf(ground)).toEqual([base]);
  expect(await targetDigest(world, ground)).toBe(before);
  expect(await world.store.check()).toEqual([]);
};

describe.each(NO_LOOP_DISK === undefined ? harnessEngines() : [])("$name", (engine) => {
  afterAll(() => engine.close());

  const onDisk = async (act: (approved: Approved, disk: LoopDisk) => Promise<void>): Promise<void> => {
    const disk = layDisk();
    const { prepare } = await engine.lay();
    try {
      await withApproved((approved) => act(approved, disk), {}, { below: disk.folder, prepare });
    } finally {
      await disk.close();
    }
  };

  // The disk of a home is the same wherever its ledger lies: on a server one point stands for all.
  const onServer = engine.name.includes("PostgreSQL");

  test.each(onServer ? [CLAIMED] : FULL_AT)(
    "R133 a disk that is full once %s ends the command with 4, and the next one goes on",
    async (_, point) => {
      await onDisk(async (approved, disk) => {
        const { ground, world } = approved;
        const full = await frozen(ground, point);
        const free = disk.fill();
        full.send("SIGCONT");
        const { exit, said } = await full.ended;
        free();
        expect(`${exit} ${endOfText(said)}`).toMatch(/^4 [^]*no-space/);
        expect(livingOf(full.family)).toEqual([]);
        await expectGoesOn(world, approved);
        await addRuns(engine.name, approved);
      });
    },
  );

  test.each(onServer ? [CLAIMED] : BROKEN_AT)(
    "R133 a disk that takes no write any more once %s ends the command with 4, and the next one goes on",
    async (_, point) => {
      await onDisk(async (approved, disk) => {
        const { ground, world } = approved;
        disk.sync();
        const broken = await frozen(ground, point);
        disk.breakDown();
        broken.send("SIGCONT");
        const { exit, said } = await broken.ended;
        for (const { pid } of livingOf(broken.family)) process.kill(pid, "SIGKILL");
        await world.store.close();
        await disk.comeUp(disk.image());
        expect(`${exit} ${endOfText(said)}`).toMatch(/^4 /);
        const again = await ground.open();
        try {
          await expectGoesOn(again, approved);
          await addRuns(engine.name, { ground, world: again });
        } finally {
          await again.store.close();
        }
      });
    },
  );
});

describe.each(harnessEngines())("$name", (engine) => {
  afterAll(() => engine.close());

  test("R134 a ledger that another process holds for ten seconds ends no worker, and its run comes to one commit", async () => {
    await engine.with(async (approved) => {
      const { ground, world, base, url } = approved;
      expect((await leaveRun(world, ground.work)).ok).toBe(true);
      const worker = await standStill(ground, AT_WORK, { as: "worker", there: "freeze" });
      while (!isStopped(worker.pid)) await delay(1);
      const letGo = url === undefined ? holdFile(ground) : await holdTable(url, world.homeId);
      const before = await world.store.facts(runId(ground.work, 1));
      worker.send("SIGCONT");
      await delay(HOLD_MS);
      expect(await world.store.facts(runId(ground.work, 1))).toEqual(before);
      await letGo();
      await untilEnded({ world }, { end: () => Promise.resolve(0), said: () => "" });
      worker.send("SIGTERM");
      const { exit, said } = await worker.ended;
      expect(`${exit} ${endOfText(said)}`).toMatch(/^0 /);
      await expectOneCommit({ ground, world, base }, "any");
    });
  });
});

/** Twice as long as anybody waits for the ledger. */
const HOLD_MS = 10_000;

const holdFile = ({ home }: Ground): (() => Promise<void>) => {
  const database = new Database(path.join(home, ".cto/ledger.db"));
  database.exec("begin immediate");
  return () => Promise.resolve(void database.close());
};

const holdTable = async (url: string, homeId: string): Promise<() => Promise<void>> => {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`begin; lock table ${schemaOf(homeId)}.ledger_head in exclusive mode`);
  return () => client.end();
};
