import type { RunRow } from "../../seams/store.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { RunEnding } from "../../workflow/run-state.ts";
import type { World } from "../world.ts";

/** What became of the wish that a run ends. */
export type Stop =
  | { readonly kind: "absent" }
  | { readonly kind: "ended"; readonly ending: RunEnding | null }
  /** Nobody performs it now: whoever runs its work item next ends it, and so does any worker. */
  | { readonly kind: "unheld"; readonly row: RunRow }
  /** No worker has it yet: whoever takes it ends it, and no agent is started. */
  | { readonly kind: "waits"; readonly row: RunRow }
  | { readonly kind: "asked"; readonly pid: number };

/** Records who wants the end of a run, then has the engine tell its worker (R135). */
export const stopRun = async (world: World, run: RunId, reason: string): Promise<Stop> => {
  const row = await world.store.run(run);
  if (row === "absent") return { kind: "absent" };
  if (row.state === "ended") return { kind: "ended", ending: row.ending };
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
  // Whoever takes the run reads the record. One that is performed now hears it through the engine, wherever that is.
  const status = await world.engine.status(run, "execute");
  if (status === "queued") return { kind: "waits", row };
  if (status !== "running") return { kind: "unheld", row };
  await world.engine.cancel(run, "execute");
  const isDead = row.holder.host === world.holder.host && !world.isAlive(row.holder);
  return isDead ? { kind: "unheld", row } : { kind: "asked", pid: row.holder.pid };
};
