import { afterAll, beforeAll, expect, test } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { admit, approveBy, endOf, makeGround, runOnce, targetDigest, type Ground } from "./ground.ts";

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
