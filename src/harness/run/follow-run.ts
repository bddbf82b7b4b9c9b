import { setTimeout as wait } from "node:timers/promises";

import type { RunRow } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { Proven } from "../commit/prove-run.ts";
import { engineOrder } from "../orders/run-order.ts";
import type { World } from "../world.ts";
import type { PerformedRun } from "./perform-run.ts";
import { findFact } from "./recorder.ts";
import { recordedOutput } from "./step.ts";
import { stopRun } from "./stop-run.ts";

interface Follower {
  /** Asks whoever performs the run to end it. */
  readonly signal: AbortSignal;
  /** Each line of the run, as it comes into the ledger. */
  readonly onLine: (line: string) => void;
  /** Aborts when the run is performed in this process: then nobody follows it. */
  readonly isHere: AbortSignal;
}

/** Reads a run that another worker performs until it has ended; never settles where this process performs it itself. */
export const followRun = async (world: World, { run }: RunRow, follower: Follower): Promise<PerformedRun> => {
  const { signal, onLine, isHere } = follower;
  let told = 0;
  let asked = false;
  for (;;) {
    await pause(isHere);
    if (isHere.aborted) return new Promise<never>(() => undefined);
    const status = await world.engine.status(run, "execute");
    const row = await rowOf(world, run);
    const lines = await world.store.facts(run);
    for (const line of lines.slice(told)) onLine(line);
    told = lines.length;
    if (row.state === "ended") return endedRun(world, run);
    // A stop came before its worker did: whoever takes it again ends it.
    if (status === "cancelled") await world.engine.start(engineOrder(row));
    // Seen before the run was: its worker would have ended the run first.
    if (status === "done")
      throw new Failure("engine/unavailable", `The engine holds ${run} for done, and its run is open.`);
    if (status === "failed")
      throw new Failure("engine/unavailable", `The worker of ${run} gave it up; the run is open.`, { retry: true });
    if (!signal.aborted || asked) continue;
    asked = true;
    await stopRun(world, run, "");
  }
};

const pause = async (signal: AbortSignal): Promise<void> => {
  await wait(LIMITS.followPollMs, undefined, { signal, ref: false }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};

/** How a run ended, as its worker left it in the ledger. */
export const endedRun = async (world: World, run: RunId): Promise<PerformedRun> => {
  const row = await rowOf(world, run);
  const lines = await world.store.facts(run);
  const digest = findFact(lines, "step.finished", "step/proof")?.data["outputSha256"];
  const { ending } = await recordedOutput<Proven>(world.store, "proof", digest);
  return { row, ending: { ...ending, kind: row.ending ?? ending.kind }, isResumed: false };
};

const rowOf = async ({ store }: World, run: RunId): Promise<RunRow> => {
  const row = await store.run(run);
  if (row === "absent") throw new TypeError(`no such run: ${run}`);
  return row;
};
