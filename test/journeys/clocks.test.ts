import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { openStore } from "../../src/adapters/store/kysely-store.ts";
import { readReport } from "../../src/harness/evidence/read-report.ts";
import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { freshnessSchema } from "../../src/workflow/evidence/schemas/freshness.ts";
import { handClock, type HandClock } from "../fakes/clock.ts";
import { admit, approveBy, endOf, makeGround, POLICY, runOnce, targetDigest, type Ground } from "./ground.ts";

let ground: Ground;
let real: World;
let world: World;
let store: World["store"];
let clock: HandClock;

beforeAll(async () => {
  ground = await makeGround();
  await ground.edit(POLICY, "approvalExpiryMs: 86400000", "approvalExpiryMs: 3600000");
  real = await ground.open();
  clock = handClock(new Date().toISOString());
  // One machine has one clock: what the ledger writes down is timed by it too.
  store = await openStore(path.join(ground.home, ".cto/ledger.db"), {
    homeId: real.homeId,
    now: () => clock.now(),
    signer: () => real.ownKeys.noteSigner(),
  });
  world = { ...real, clock, store };
  await admit(world, ground);
});
afterAll(async () => {
  await store.close();
  await real.store.close();
  await ground.close();
});

const HOUR = 3_600_000;

/** Runs, and moves the clock as soon as the validation has ended: after the gate, before the commit. */
const runMoving = (move: () => void): ReturnType<typeof runOnce> => {
  let isMoved = false;
  return runOnce(world, ground, (line) => {
    if (isMoved || !line.includes("cto.validation.finished.v1")) return;
    isMoved = true;
    move();
  });
};

describe("R048 a clock that is moved while a run lasts", { timeout: 180_000 }, () => {
  test.each<[string, () => void, string]>([
    ["passes the last moment to commit", () => clock.pass(2 * HOUR), "approval/expired"],
    ["is set an hour forward", () => clock.setWall(clock.now().epochMs + HOUR), "gate/clock-disagrees"],
    ["is set an hour back", () => clock.setWall(clock.now().epochMs - HOUR), "gate/clock-disagrees"],
  ])("%s voids the run before its commit, and nothing is written", async (_, move, code) => {
    expect(await approveBy(world, ground)).toEqual([]);
    const before = await targetDigest(world, ground);
    expect(endOf(await runMoving(move))).toEqual(["voided", code]);
    expect(await targetDigest(world, ground)).toBe(before);
  });

  test("a reboot between approval and gate is said by gate, report and proof, and the evidence passes", async () => {
    expect(await approveBy(world, ground)).toEqual([]);
    clock.reboot();
    clock.pass(HOUR / 2);
    const ended = await runOnce(world, ground);
    expect(endOf(ended)).toEqual(["awaiting_outcome"]);
    const run = ended.ok ? ended.value.run : undefined;
    const bundle = run === undefined ? "absent" : await world.archive.open({ run });
    if (run === undefined || bundle === "absent") throw new Error("it was sealed");
    const clocks = readReport(bundle.files)?.gate.find(({ check }) => check === "clocks");
    expect(clocks?.says).toContain("this machine was started again since");
    const proof = freshnessSchema.parse(JSON.parse(new TextDecoder().decode(bundle.files.get("freshness-proof.json"))));
    expect(proof).toMatchObject({ clock: { sameBoot: false }, age: { byBoottimeMs: null, ok: true } });
    const verdict = await verifyFolder(world, { run }, await world.home.read(SIGNERS_PATH));
    expect(verdict.checks.filter((check) => check.verdict !== "PASS")).toEqual([]);
    expect(verdict.notClaimed.join("\n")).toContain("the machine was started again");
  });
});
