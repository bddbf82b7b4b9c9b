import type { RunOrder } from "../../seams/engine.ts";
import type { RunRow } from "../../seams/store.ts";
import { heldBy } from "../../workflow/gate/host-questions.ts";
import { runId, type WorkId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { targetIdOf } from "../admission/target-id.ts";
import { lockOf } from "../gate/lock-of.ts";
import { packetOf } from "../home/documents.ts";
import { listWork } from "../packet/list-work.ts";
import type { World } from "../world.ts";

/** One run per work item and per target; one that a living process performs is nobody else's to take (R133, R134). */
export const orderRun = async (world: World, work: WorkId): Promise<Result<RunRow, Refusal>> => {
  const [open] = await world.store.runs({ work, open: true });
  if (open !== undefined) return (await isPerformed(world, open)) ? locked(world, open) : ok(open);
  // Whether its engine serves this home at all is known before there is a run.
  await world.engine.queue();
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
  } as const;
  const owner = packet.ok ? packet.value.packet.target.owner.value : "";
  const attemptMin = await firstUnsealed(world, work);
  const row = await world.store.transact(async (ledger) => {
    const { size } = (await ledger.head()).checkpoint;
    return ledger.openRun({ ...order, summary: { [ORDERED_AFTER]: size, [OWNER]: owner } }, attemptMin);
  });
  return "locked" in row ? locked(world, row.locked) : ok(row);
};

/** The member of a run's summary that says how many records the ledger had when it was ordered. */
const ORDERED_AFTER = "orderedAfter";

/** The one that holds whose contract it was when it was ordered. */
const OWNER = "owner";

/** Whether a run was ordered when this record was there already. */
export const isOrderedAfter = ({ summary }: RunRow, seq: number): boolean => {
  const size = summary[ORDERED_AFTER];
  return typeof size === "number" && size >= seq;
};

// Evidence outlives a ledger that is put back: an id that a sealed bundle has is never given to another run.
const firstUnsealed = async (world: World, work: WorkId): Promise<number> => {
  let attempt = 1;
  while (await world.archive.isSealed(runId(work, attempt))) attempt += 1;
  return attempt;
};

/** Orders a run and leaves it to whichever worker comes first. */
export const leaveRun = async (world: World, work: WorkId): Promise<Result<RunRow, Refusal>> => {
  const ordered = await orderRun(world, work);
  if (ordered.ok) await world.engine.start(engineOrder(ordered.value));
  return ordered;
};

// An engine that knows nothing of a run may have lost its memory: then a living process holds it still.
const isPerformed = async ({ engine, isAlive }: World, { run, holder }: RunRow): Promise<boolean> => {
  const status = await engine.status(run, "execute");
  return isAlive(holder) && (status === "running" || status === "unknown");
};

/** The order of a run, as the engine hands it to a worker: ids only. */
export const engineOrder = ({ run, kind, work, targetId, summary }: RunRow): RunOrder => ({
  run,
  kind,
  work,
  target: targetId,
  site: targetId,
  priority: 0,
  owner: typeof summary[OWNER] === "string" ? summary[OWNER] : "",
});

const locked = (world: World, row: RunRow): Result<never, Refusal> => refuse(heldBy(lockOf(world, row)));
