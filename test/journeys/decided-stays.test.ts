import { expect, test } from "vitest";

import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import { readWorks } from "../../src/harness/reading/views-of-works.ts";
import { runId } from "../../src/workflow/ids.ts";
import { withApproved } from "./ended.ts";
import { endOf, runOnce } from "./ground.ts";

test("R017 a run that is refused afterwards changes nothing of how a decided work item is shown", async () => {
  await withApproved(async ({ ground, world }) => {
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
    const run = runId(ground.work, 1);
    const order = { run, outcome: "rejected", reason: "not today", acknowledged: [], words: undefined } as const;
    expect(await decideOutcome(world, { ...order, key: ground.key })).toMatchObject({ ok: true });
    const [before] = await readWorks(world);
    expect(before).toMatchObject({ state: "rejected", next: expect.stringContaining("cto rollback R-049-01") });

    expect(endOf(await runOnce(world, ground))[0]).toBe("blocked");
    const [after] = await readWorks(world);
    expect(after).toMatchObject({ state: before?.state, word: before?.word, who: before?.who, next: before?.next });
  });
});
