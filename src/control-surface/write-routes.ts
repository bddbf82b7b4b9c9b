import { z } from "zod";

import { markReviewed } from "../harness/mark-reviewed.ts";
import { rollbackObject } from "../harness/objects/rollback-object.ts";
import { readApprovals } from "../harness/read-approvals.ts";
import { knownWorks } from "../harness/read-works.ts";
import { rollbackRun } from "../harness/rollback.ts";
import { stopRun } from "../harness/stop-run.ts";
import { withdraw } from "../harness/withdraw.ts";
import { openWorkGround } from "../harness/work-ground.ts";
import type { World } from "../harness/world.ts";
import { parseDigest } from "../workflow/digest.ts";
import { parseRunId, type RunId } from "../workflow/ids.ts";
import { LIMITS } from "../workflow/limits.ts";
import { nearest } from "../workflow/nearest.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import type { WriteApi } from "./api.ts";
import { object, refused, type Refused, type Reply } from "./reply.ts";

/** An address that writes. What it does is a verb of the harness; none of them takes or asks for a key. */
export interface WriteRoute {
  readonly path: string;
  readonly answer: (open: OpenToWrite, name: string, body: unknown) => Promise<Reply>;
}

/** Opens the home for one write, as a command does. */
export type OpenToWrite = () => Promise<World>;

/** All that a browser may change: a record that something was read, less authority, an end, and what the owner rejected. */
export const WRITE_ROUTES: readonly WriteRoute[] = [
  route("/api/w/:name/reviewed", z.strictObject({ packetSha256: z.string() }), async (world, name, given) => {
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
  route("/api/approvals/:name/withdraw", reasoned(), async (world, name, { reason }) => {
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
  route("/api/r/:name/stop", reasoned(), async (world, name, { reason }) => {
    const run = parseRunId(name);
    const stop = run === undefined ? ({ kind: "absent" } as const) : await stopRun(world, run, reason);
    switch (stop.kind) {
      case "absent":
        return nothing("run", name, await runsOf(world));
      case "ended":
        return object({ run: name, state: stop.ending });
      case "unheld":
        return object({ run: name, state: "interrupted" });
      case "elsewhere":
        return refused(refusal("surface/held-elsewhere", { run: name, host: stop.host }));
      case "asked":
        return { kind: "object", value: { run: name, state: "stopping" }, status: 202 };
    }
  }),
  route("/api/r/:name/rollback", z.strictObject({ outcomeSeq: z.int() }), async (world, name, { outcomeSeq }) => {
    const runs = await runsOf(world);
    const run = runs.find((id) => id === name);
    if (run === undefined) return nothing("run", name, runs);
    const leaves = await world.store.leaves(0);
    const rejection = leaves.findLast((leaf) => leaf.run === run && leaf.type === "outcome.rejected");
    if (rejection !== undefined && rejection.seq !== outcomeSeq)
      return moved("the record of the rejection", rejection.seq, outcomeSeq);
    const done = await rollbackRun(world, run, "real");
    return done.ok ? object(rollbackObject(done.value)) : { kind: "refused", refusals: done.refusals, near: [] };
  }),
];

function route<Path extends keyof WriteApi>(
  path: Path,
  form: z.ZodType<WriteApi[Path]["given"]>,
  act: (world: World, name: string, body: WriteApi[Path]["given"]) => Promise<Reply<WriteApi[Path]["answer"]>>,
): WriteRoute {
  return {
    path,
    answer: async (open, name, body) => {
      const read = form.safeParse(body);
      if (!read.success) return refused(wrongBody(z.prettifyError(read.error).replaceAll("\n", " ")));
      const world = await open();
      try {
        return await act(world, name, read.data);
      } finally {
        await world.store.close();
      }
    },
  };
}

function reasoned(): z.ZodType<{ readonly reason: string }> {
  return z.strictObject({ reason: z.string().min(1).max(LIMITS.surfaceReasonCharactersMax) });
}

const runsOf = async (world: World): Promise<readonly RunId[]> => (await world.store.runs({})).map(({ run }) => run);

const nothing = (what: string, name: string, known: readonly string[]): Refused =>
  refused(refusal("surface/nothing-there", { what, name }), nearest(name, known));

const moved = (what: string, now: string | number, given: string | number): Refused =>
  refused(refusal("surface/digest-moved", { what, now, given }));

const wrongBody = (problem: string): Refusal => refusal("surface/wrong-body", { problem });
