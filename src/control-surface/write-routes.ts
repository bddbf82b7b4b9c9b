import { z } from "zod";

import { readApprovals } from "../harness/approval/read-approvals.ts";
import { withdraw } from "../harness/approval/withdraw.ts";
import { openWorkGround } from "../harness/home/work-ground.ts";
import { rollbackObject } from "../harness/objects/rollback-object.ts";
import { rollbackRun } from "../harness/outcome/rollback.ts";
import { markReviewed } from "../harness/packet/mark-reviewed.ts";
import { knownWorks } from "../harness/reading/read-works.ts";
import { stopRun } from "../harness/run/stop-run.ts";
import { parseDigest } from "../workflow/digest.ts";
import { parseRunId } from "../workflow/ids.ts";
import { LIMITS } from "../workflow/limits.ts";
import { object, refused } from "./reply.ts";
import { moved, nothing, runNamed, runsOf, writeRoute, wrongBody, type WriteRoute } from "./write-route.ts";

/** All that a browser may change: a record that something was read, less authority, an end, and what the owner rejected. */
export const WRITE_ROUTES: readonly WriteRoute[] = [
  writeRoute("/api/w/:name/reviewed", z.strictObject({ packetSha256: z.string() }), async (world, name, given) => {
    const known = knownWorks(await openWorkGround(world));
    const work = known.find((id) => id === name);
    if (work === undefined) return nothing("work item", name, known);
    const digest = parseDigest(given.packetSha256);
    if (digest === undefined) return refused(wrongBody("packetSha256 is no digest"));
    const done = await markReviewed(world, work, digest);
    if (!done.ok) return { kind: "refused", refusals: done.refusals, near: [] };
    return "moved" in done.value
      ? moved("the packet", done.value.moved, digest)
      : object({ work, packetSha256: digest, ...done.value });
  }),
  writeRoute("/api/approvals/:name/withdraw", reasoned(), async (world, name, { reason }) => {
    const approvals = await readApprovals(world);
    const view = approvals.find(({ id }) => id === name);
    const ids = approvals.map(({ id }) => id);
    if (view === undefined) return nothing("approval", name, ids);
    // Only the newest of a work item is worth anything: naming an older one must not take that one away.
    const newest = approvals.findLast(({ work }) => work === view.work)?.id ?? name;
    if (newest !== name) return moved(`the newest approval of ${view.work}`, newest, name);
    const done = await withdraw(world, view.work, { reason, key: undefined });
    if (!done.ok) return { kind: "refused", refusals: done.refusals, near: [] };
    const { approvalId: id, signedBy } = done.value;
    return object({ work: view.work, id, state: "withdrawn", signedBy });
  }),
  writeRoute("/api/r/:name/stop", reasoned(), async (world, name, { reason }) => {
    const run = parseRunId(name);
    const stop = run === undefined ? ({ kind: "absent" } as const) : await stopRun(world, run, reason);
    switch (stop.kind) {
      case "absent":
        return nothing("run", name, await runsOf(world));
      case "ended":
        return object({ run: name, state: stop.ending });
      case "unheld":
        return object({ run: name, state: "interrupted" });
      case "waits":
      case "asked":
        return { kind: "object", value: { run: name, state: "stopping" }, status: 202 };
    }
  }),
  writeRoute("/api/r/:name/rollback", z.strictObject({ outcomeSeq: z.int() }), async (world, name, { outcomeSeq }) => {
    const run = await runNamed(world, name);
    if (run === undefined) return nothing("run", name, await runsOf(world));
    const [rejection] = await world.store.records({ runs: [run], types: ["outcome.rejected"], newest: 1 });
    if (rejection !== undefined && rejection.seq !== outcomeSeq)
      return moved("the record of the rejection", rejection.seq, outcomeSeq);
    const done = await rollbackRun(world, run, "real");
    return done.ok ? object(rollbackObject(done.value)) : { kind: "refused", refusals: done.refusals, near: [] };
  }),
];

function reasoned(): z.ZodType<{ readonly reason: string }> {
  return z.strictObject({ reason: z.string().min(1).max(LIMITS.surfaceReasonCharactersMax) });
}
