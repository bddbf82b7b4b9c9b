import type { RunRow } from "../../seams/store.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import type { Result } from "../../workflow/result.ts";
import { refuseAll } from "../home/read-facts.ts";
import type { World } from "../world.ts";

/** Records that something was asked of a run and is no outcome of it. */
export const refusedOutcome = async (
  world: World,
  row: RunRow,
  refusals: readonly Refusal[],
): Promise<Result<never, Refusal>> => {
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "outcome.refused",
      actor: `uid:${world.operator.uid}`,
      channel: world.operator.channel,
      work: row.work,
      run: row.run,
      refusals: refusals.map(({ code }) => code),
    }),
  );
  return refuseAll(refusals);
};
