import { digestOf } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { refuseAll } from "../home/read-facts.ts";
import { listWork } from "../packet/list-work.ts";
import type { World } from "../world.ts";

/** Records that something was said and was no consent; of what was said only the digest is kept. */
export const refusedApproval = async (
  world: World,
  work: WorkId,
  refusals: readonly Refusal[],
  received: Uint8Array,
): Promise<Result<never, Refusal>> => {
  await listWork(world, work);
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "approval.refused",
      actor: `uid:${world.operator.uid}`,
      channel: world.operator.channel,
      work,
      refusals: refusals.map(({ code }) => code),
      digests: { received: digestOf(received) },
    }),
  );
  return refuseAll(refusals);
};
