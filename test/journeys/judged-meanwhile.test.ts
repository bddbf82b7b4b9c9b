import { execFileSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { runId } from "../../src/workflow/ids.ts";
import { withApproved } from "./ended.ts";
import { approveBy, endOf, runOnce } from "./ground.ts";

/** A world in which somebody does something real after a record was judged, before it is written. */
const meanwhile = (world: World, act: () => Promise<unknown>): World => {
  const transact: World["store"]["transact"] = async (work) => {
    const last = (await world.store.leaves(0)).at(-1);
    // The question was asked, so that the next to be written is the answer.
    if (last?.type === "approval.challenged") await act();
    return world.store.transact(work);
  };
  return { ...world, store: { ...world.store, transact } };
};

test("R051 an approval that is taken back while a newer one is being judged takes that one back too", async () => {
  await withApproved(async ({ ground, world }) => {
    const racing = meanwhile(world, async () =>
      expect(await withdraw(world, ground.work, { reason: "wrong base", key: undefined })).toMatchObject({ ok: true }),
    );
    expect(await approveBy(racing, ground)).toEqual(["approval/withdrawn"]);
    const types = (await world.store.leaves(0)).map(({ type }) => type);
    expect(types.filter((type) => type === "approval.recorded")).toHaveLength(1);
    expect((await world.store.works()).find(({ work }) => work === ground.work)?.state).toBe("candidate");
    expect(endOf(await runOnce(world, ground))[0]).toBe("blocked");
    // What is asked for after it is a word of its own.
    expect(await approveBy(world, ground)).toEqual([]);
  });
});

test("R119 what a rejection must be signed with stands in the ledger: a bundle without its approval asks for no more", async () => {
  await withApproved(async ({ ground, world }) => {
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const run = runId(ground.work, 1);
    const folder = path.join(ground.home, ".cto/runs", run, "approval");
    execFileSync("/bin/chmod", ["-R", "u+w", path.join(ground.home, ".cto/runs", run)]);
    const records = (await readdir(folder)).filter((name) => /^approval\.[^/]+\.json$/.test(name));
    expect(records).not.toEqual([]);
    for (const name of records) await rm(path.join(folder, name));
    const order = { run, outcome: "rejected", reason: "not today", acknowledged: [], words: undefined } as const;
    expect(await decideOutcome(world, { ...order, key: ground.key })).toMatchObject({ ok: true });
  });
});
