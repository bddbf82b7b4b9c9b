import type { OrderStatus } from "../../seams/engine.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { LedgerType } from "../../workflow/ledger.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import type { World } from "../world.ts";
import { engineOrder, isOrderedAfter, leaveRun } from "./run-order.ts";

/**
 * Gives the engine what the ledger has for it: every open run that it does not know, as after its memory was lost, and a
 * run of each work item that was approved since its last one, where policy.yaml orders on approval.
 */
export const relayOrders = async (world: World): Promise<void> => {
  const policy = readPolicy(await world.home.read(POLICY_PATH));
  if (policy.ok && policy.value.orders?.execute === "on-approval")
    for (const { work } of await world.store.works({ state: "approved" }))
      // What cannot be ordered now, as where another run holds the target, is ordered at a later look.
      if (await isUnanswered(world, work)) await leaveRun(world, work);
  for (const row of await world.store.runs({ open: true }))
    if (LEFT.has(await world.engine.status(row.run, "execute"))) await world.engine.start(engineOrder(row));
};

/** An open run whose order is nowhere, or was cancelled before it began: somebody has to bring it to its end. */
const LEFT: ReadonlySet<OrderStatus> = new Set<OrderStatus>(["unknown", "cancelled"]);

// An approval whose run was blocked is not tried again by itself: a person looks at what blocks it first.
const isUnanswered = async ({ store }: World, work: WorkId): Promise<boolean> => {
  const [approval] = await store.records({ work, types: APPROVALS, newest: 1 });
  const [run] = (await store.listRuns({ work, limit: 1 })).rows;
  return approval !== undefined && (run === undefined || !isOrderedAfter(run, approval.seq));
};

const APPROVALS: readonly LedgerType[] = ["approval.recorded"];
