import { readdir } from "node:fs/promises";
import path from "node:path";

import { expect } from "vitest";

import { readStanding } from "../../../src/harness/gate/read-standing.ts";
import type { World } from "../../../src/harness/world.ts";
import { parseEvent } from "../../../src/workflow/event-chain.ts";
import { openGate } from "../../../src/workflow/gate/gate.ts";
import { runId, type WorkId } from "../../../src/workflow/ids.ts";
import type { Refusal } from "../../../src/workflow/refusal.ts";
import { holdsAfterwards } from "./after-every-case.ts";
import { runTrial, type Field, type Trial } from "./field.ts";

/** One run that the gate refuses, with exactly these codes: nothing started, nothing spent, its bundle verifies. */
export const isBlocked = async (field: Field, ...codes: readonly string[]): Promise<Trial> => {
  const spent = await spentIn(field);
  const one = await runTrial(field);
  expect(one.codes).toEqual(["blocked", ...codes]);
  expect(await spentIn(field)).toEqual(spent);
  const types = one.lines.map((line) => parseEvent(line).type);
  expect(types.filter((type) => STARTED.some((begin) => type.startsWith(begin)))).toEqual([]);
  await holdsAfterwards(field, one);
  return one;
};

/** What `cto gate` answers for a work item: every refusal of now. It reads only. */
export const gateRefusals = async (world: World, work: WorkId): Promise<readonly Refusal[]> => {
  const attempts = (await world.store.runs({ work })).length;
  const seconds = Math.floor(world.clock.now().epochMs / 1000);
  const { standing } = await readStanding(world, work, runId(work, attempts + 1), seconds);
  const { result } = openGate(standing);
  return result.ok ? [] : result.refusals;
};

export const gateCodes = async (world: World, work: WorkId): Promise<readonly string[]> => [
  ...new Set((await gateRefusals(world, work)).map(({ code }) => code)),
];

const STARTED = [
  "approval.consumed",
  "permit.",
  "workspace.",
  "sandbox.",
  "backend.",
  "session.",
  "validation.",
  "commit.c",
];

const spentIn = async ({ world, ground }: Field): Promise<object> => ({
  files: await readdir(path.join(ground.home, ".cto/consumed")),
  leaves: (await world.store.leaves(0)).filter(({ type }) => type === "approval.consumed").length,
});
