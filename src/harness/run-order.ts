import type { Holder, RunRow } from "../seams/store.ts";
import { heldBy } from "../workflow/gate/host-questions.ts";
import { runId, type RunId, type WorkId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { packetOf } from "./documents.ts";
import { listWork } from "./list-work.ts";
import { lockOf } from "./lock-of.ts";
import { targetIdOf } from "./target-id.ts";
import type { World } from "./world.ts";

/** A run to do: a new one, or the open one of this work item whose process died. */
export interface Ordered {
  readonly row: RunRow;
  /** Who held it before, where it was broken off. */
  readonly brokenOff: Holder | "new";
}

/** One run per work item and per target; a dead holder's run is taken over, a living one's never (R133, R134). */
export const orderRun = async (world: World, work: WorkId): Promise<Result<Ordered, Refusal>> => {
  const [open] = await world.store.runs({ work, open: true });
  if (open !== undefined) return takeOver(world, open.run);
  const packet = await packetOf(world, work);
  const targetId = targetIdOf(packet.ok ? packet.value.packet.target.path.value : work);
  await listWork(world, work);
  const now = world.clock.now();
  const order = {
    kind: "execute",
    work,
    targetId,
    ofRun: null,
    orderedAt: timeText(now.epochMs),
    epochSeconds: Math.floor(now.epochMs / 1000),
    holder: world.holder,
    summary: {},
  } as const;
  const attemptMin = await firstUnsealed(world, work);
  const row = await world.store.transact((ledger) => ledger.openRun(order, attemptMin));
  return "locked" in row ? locked(world, row.locked) : ok({ row, brokenOff: "new" });
};

// Evidence outlives a ledger that is put back: an id that a sealed bundle has is never given to another run.
const firstUnsealed = async (world: World, work: WorkId): Promise<number> => {
  let attempt = 1;
  while (await world.archive.isSealed(runId(work, attempt))) attempt += 1;
  return attempt;
};

// Looked at and taken in one transaction: of several heirs of a dead process one goes on.
const takeOver = (world: World, run: RunId): Promise<Result<Ordered, Refusal>> =>
  world.store.transact(async (ledger) => {
    const row = await ledger.run(run);
    if (row === "absent") throw new TypeError(`no such run: ${run}`);
    if (world.isAlive(row.holder)) return locked(world, row);
    await ledger.updateRun(run, { holder: world.holder });
    return ok({ row: { ...row, holder: world.holder }, brokenOff: row.holder });
  });

const locked = (world: World, row: RunRow): Result<never, Refusal> => refuse(heldBy(lockOf(world, row)));
