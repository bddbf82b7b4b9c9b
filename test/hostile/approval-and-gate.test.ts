import { copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { recordApproval } from "../../src/harness/approve.ts";
import { present, type Presented } from "../../src/harness/present.ts";
import type { World } from "../../src/harness/world.ts";
import { switchesOf } from "../../src/workflow/gate/switches.ts";
import { handClock } from "../fakes/clock.ts";
import { admit, ADMISSION, approveBy, openSwitches, POLICY, targetDigest } from "../journeys/ground.ts";
import { gateCodes, gateRefusals, isBlocked } from "./support/blocked.ts";
import { approve, openField, ownerOf, trial, type Field } from "./support/field.ts";
import { approveOther, otherPacket } from "./support/other-packet.ts";
import { cto } from "./support/shell.ts";
import { HOMOGLYPHS, NEAR_MISSES, type Variant } from "./support/words.ts";

const fields: Field[] = [];
const field = async (...order: Parameters<typeof openField>): Promise<Field> => {
  const opened = await openField(...order);
  fields.push(opened);
  return opened;
};
afterAll(() => Promise.all(fields.map((one) => one.close())));

test("approval-missing: with every switch of the environment set and no approval, nothing starts", async () => {
  const ground = await field();
  const one = await isBlocked(ground, "approval/absent");
  expect(one.report.ending.refusals).toMatchObject([{ code: "approval/absent", next: "cto approve CTO-WORK-049" }]);
  const told = await cto(ground, ["run", "CTO-WORK-049"], openSwitches("scripted"));
  expect(told).toMatchObject({ exit: 3, err: expect.stringContaining("approval/absent") });
});

test("approval-missing: neither the environment without approval nor approval without the environment opens the gate (R057)", async () => {
  const ground = await field();
  const { world, work } = { world: ground.world, work: ground.ground.work };
  const closed: World = { ...world, environment: {} };
  expect(await gateCodes(closed, work)).toEqual(["gate/env-not-set", "approval/absent"]);
  expect(await gateCodes(world, work)).toEqual(["approval/absent"]);
  await approve(ground, []);
  expect(await gateCodes(closed, work)).toEqual(["gate/env-not-set"]);
  expect(await gateCodes(world, work)).toEqual([]);
});

describe("words that are nearly the sentence", () => {
  let ground: Field;
  let shown: Presented;
  beforeAll(async () => {
    ground = await field();
    const answer = await present(ground.world, ground.ground.work);
    if (!answer.ok) throw new Error("nothing to approve");
    shown = answer.value;
  });

  const isRefused = async ({ words, at, got }: Variant): Promise<void> => {
    const { world } = ground;
    const sentence = shown.contract.requiredApproval;
    const state = async (): Promise<unknown> => [
      await world.store.work(ground.ground.work),
      await world.host.fingerprint(path.join(ground.ground.home, ".sot")),
      await targetDigest(world, ground.ground),
    ];
    const before = await state();
    const leaves = await world.store.leaves(0);
    const bytes = new TextEncoder().encode(words(sentence));
    const refused = await recordApproval(world, shown, { bytes, entry: "file", key: ground.ground.key, expiresMs: undefined });
    expect(refused).toMatchObject({ ok: false, refusals: [{ code: "approval/not-exact", facts: { at: at(sentence), got } }] });
    expect(await state()).toEqual(before);
    const [leaf, ...more] = await world.store.leaves(leaves.length);
    expect(leaf).toMatchObject({ type: "approval.refused", refusals: ["approval/not-exact"] });
    expect(more).toEqual([]);
    expect(Object.keys(leaf?.digests ?? {})).toEqual(["received"]);
  };

  test.each(NEAR_MISSES)("approval-near-miss: $name is refused with its place and code point (R044)", isRefused);
  test.each(HOMOGLYPHS)("approval-homoglyph: $name is refused with its place and code point", isRefused);

  test("approval-near-miss: nothing that was said is kept, and after all of it there is still no approval", async () => {
    const words = `${shown.contract.requiredApproval} ${ground.secret}`;
    expect(await approveBy(ground.world, ground.ground, words)).toEqual(["approval/not-exact"]);
    await isBlocked(ground, "approval/absent");
  });
});

describe("an approval that was spent", () => {
  let ground: Field;
  let spent: string;
  const consumed = (): string => path.join(ground.ground.home, ".cto/consumed");
  const ledger = (): string => path.join(ground.ground.home, ".cto/ledger.db");
  /** The same home, opened anew after the ledger's file was put back. */
  const restored = async (from: string): Promise<Field> => {
    await ground.world.store.close();
    for (const name of ["-wal", "-shm"]) await rm(`${ledger()}${name}`, { force: true });
    await copyFile(from, ledger());
    return { ...ground, world: await ground.ground.open() };
  };
  beforeAll(async () => {
    ground = await field();
    await approve(ground, []);
    await ground.world.store.close();
    await copyFile(ledger(), `${ledger()}.yesterday`);
    ground = { ...ground, world: await ground.ground.open() };
    const one = await trial(ground, []).catch(() => undefined);
    expect(one).toBeUndefined();
  });
  afterAll(() => ground.world.store.close());
});

const near = [NEAR_MISSES, HOMOGLYPHS, readdir, readFile, writeFile, makeKey, switchesOf, handClock, admit, ADMISSION, POLICY, gateRefusals, ownerOf, approveOther, otherPacket];
void near;
