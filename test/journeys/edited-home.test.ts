import { appendFileSync } from "node:fs";
import path from "node:path";

import { expect, test } from "vitest";

import { parseEvent } from "../../src/workflow/event-chain.ts";
import { runId } from "../../src/workflow/ids.ts";
import { commitsOf, expectEvidence, withApproved } from "./ended.ts";
import { endOf, runOnce } from "./ground.ts";

const LIST = ".sot/03-PROTOCOLS/CTO-OTHER-ISSUES.md";

/** Somebody writes in the home once this line of the run is in the ledger. */
const editedAt =
  (home: string, type: string): ((line: string) => void) =>
  (line) => {
    if (parseEvent(line).type === type) appendFileSync(path.join(home, LIST), "A thought.\n");
  };

test("R085 a home that is edited before the commit voids the run, with evidence, and no commit is made", async () => {
  await withApproved(async ({ ground, world, base }) => {
    const ended = await runOnce(world, ground, editedAt(ground.home, "backend.started"));
    expect(endOf(ended)).toEqual(["voided", "policy/watched-changed"]);
    expect(commitsOf(ground)).toEqual([base]);
    await expectEvidence(world, runId(ground.work, 1), "voided");
  });
});

test("R085 a home that is edited after the commit leaves an interrupted run, sealed, whose commit the owner can take back", async () => {
  await withApproved(async ({ ground, world, base }) => {
    const ended = await runOnce(world, ground, editedAt(ground.home, "commit.created"));
    expect(endOf(ended)).toEqual(["interrupted"]);
    expect(ended).toMatchObject({
      value: { ending: { failure: { code: "evidence/unproven", message: ".sot differs after the run" } } },
    });
    expect(commitsOf(ground)).toHaveLength(2);
    expect(commitsOf(ground).at(-1)).toBe(base);
    await expectEvidence(world, runId(ground.work, 1), "interrupted");
  });
});
