import { afterAll, beforeAll, expect, test } from "vitest";

import { rollbackRun } from "../../src/harness/outcome/rollback.ts";
import { replay } from "../../src/harness/replay/replay.ts";
import type { World } from "../../src/harness/world.ts";
import { REPLAY_LEVELS } from "../../src/workflow/evidence/schemas/replay-levels.ts";
import { runId } from "../../src/workflow/ids.ts";
import { admit, approveBy, endOf, makeGround, runOnce, targetDigest, type Ground } from "./ground.ts";

// Without a model there is no cassette; test/agents plays those.
const LEVELS = REPLAY_LEVELS.filter((level) => level !== "cassette");

let ground: Ground;
let world: World;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

test("an approved run ends with one commit and a question to the owner", async () => {
  await admit(world, ground);
  const before = await targetDigest(world, ground);
  expect(endOf(await runOnce(world, ground))).toContain("approval/absent");
  expect(await targetDigest(world, ground)).toBe(before);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  expect(await world.store.work(ground.work)).toMatchObject({ state: "awaiting_outcome" });
});

test.each(LEVELS)("R123 the replay path %s of an accepted run gives the same again", async (level) => {
  const run = runId(ground.work, 2);
  expect(await replay(world, run, level)).toMatchObject({ ok: true, value: { same: true, differences: [] } });
});

test("R123 a run without a bundle has nothing to replay", async () => {
  expect(await replay(world, runId(ground.work, 99), "patch")).toMatchObject({
    ok: false,
    refusals: [{ code: "replay/not-found" }],
  });
});

test("R121 without a signed rejection nothing is rolled back", async () => {
  const before = await targetDigest(world, ground);
  expect(await rollbackRun(world, runId(ground.work, 2), "real")).toMatchObject({
    ok: false,
    refusals: [{ code: "rollback/not-rejected" }],
  });
  expect(await targetDigest(world, ground)).toBe(before);
});
