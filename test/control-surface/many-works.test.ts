import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { readingOf, type Reading } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import { workId, type WorkId } from "../../src/workflow/ids.ts";
import type { LedgerEntry } from "../../src/workflow/ledger.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";

let ground: Ground;
let world: World;
let reading: Reading;
beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
  reading = readingOf(world);
  for (const work of [A, B]) await record(work, { type: "work.listed" });
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

const idOf = (text: string): WorkId => {
  const work = workId(text);
  if (work === undefined) throw new TypeError(`${text} is no work id`);
  return work;
};
const [A, B] = [idOf("CTO-WORK-801"), idOf("CTO-WORK-802")];

const record = async (work: WorkId, about: Pick<LedgerEntry, "type" | "detail">): Promise<void> => {
  await world.store.transact((ledger) => ledger.appendLeaf({ actor: "jp", channel: "cli", work, ...about }));
};

const shown = async (work: WorkId): Promise<unknown> =>
  (await reading.status()).needs.find((need) => need.work === work)?.state;

test("the newest record of each work item is known without reading any", async () => {
  const last = await world.store.lastRecords();
  const leaves = await world.store.leaves(0);
  expect(last.size).toBeGreaterThan(1);
  for (const [work, seq] of last) expect(leaves.findLast((leaf) => leaf.work === work)?.seq).toBe(seq);
});

test("a work item without a packet is a candidate at each look, and what comes about it is seen at the next", async () => {
  expect([await shown(A), await shown(A), await shown(B)]).toEqual(["candidate", "candidate", "candidate"]);
  const before = (await reading.works()).map(({ work }) => work);
  expect(before).toEqual(before.toSorted());
  const packet = path.join(ground.home, ".sot/03-PROTOCOLS/CTO-ANOTHER-APPROVAL-PACKET.md");
  writeFileSync(packet, `of no form at all, about ${A}\n`);
  expect([await shown(A), await shown(B)]).toEqual(["blocked", "candidate"]);
  rmSync(packet);
  expect(await shown(A)).toBe("candidate");
  await record(A, { type: "work.retired", detail: { status: "retired" } });
  expect([await shown(A), await shown(B)]).toEqual([undefined, "candidate"]);
  expect((await reading.status()).counts["retired"]).toBe(1);
});
