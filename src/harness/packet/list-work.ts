import type { WorkId } from "../../workflow/ids.ts";
import type { World } from "../world.ts";

/** Records that a work item exists, the first time that anything is recorded about it (W01). */
export const listWork = async (world: World, work: WorkId): Promise<void> => {
  if ((await world.store.work(work)) !== "absent") return;
  await world.store.transact(async (ledger) => {
    if ((await ledger.work(work)) !== "absent") return;
    await ledger.appendLeaf({ type: "work.listed", actor: "author", channel: "harness", work });
  });
};
