import type { RunRow } from "../seams/store.ts";
import type { RunId } from "../workflow/ids.ts";
import type { RunEnding } from "../workflow/run-state.ts";
import type { World } from "./world.ts";

/** What became of the wish that a run ends. */
export type Stop =
  | { readonly kind: "absent" }
  | { readonly kind: "ended"; readonly ending: RunEnding | null }
  /** Its process is dead: whoever runs its work item next goes on with it or ends it. */
  | { readonly kind: "unheld"; readonly row: RunRow }
  /** Its process is on another machine, which cannot be asked from here. */
  | { readonly kind: "elsewhere"; readonly host: string }
  | { readonly kind: "asked"; readonly pid: number };

/** Asks the process that holds a run to end it, and records who asked (R135). */
export const stopRun = async (world: World, run: RunId, reason: string): Promise<Stop> => {
  const row = await world.store.run(run);
  if (row === "absent") return { kind: "absent" };
  if (row.state === "ended") return { kind: "ended", ending: row.ending };
  if (!world.isAlive(row.holder)) return { kind: "unheld", row };
  if (row.holder.host !== world.holder.host) return { kind: "elsewhere", host: row.holder.host };
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "run.stopping",
      actor: world.operator.user,
      channel: world.operator.channel,
      work: row.work,
      run,
      detail: { reason },
    }),
  );
  if (world.isAlive(row.holder)) world.host.askToStop(row.holder);
  return { kind: "asked", pid: row.holder.pid };
};
