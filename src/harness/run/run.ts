import type { RunRow } from "../../seams/store.ts";
import type { RunId, WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { keysNotReady } from "../gate/keys-ready.ts";
import { refuseAll } from "../home/read-facts.ts";
import { readOrderLimits } from "../orders/order-limits.ts";
import { engineOrder, orderRun } from "../orders/run-order.ts";
import type { Ending } from "../run-workflow.ts";
import type { World } from "../world.ts";
import { endedRun, followRun } from "./follow-run.ts";
import { performRun, type PerformedRun } from "./perform-run.ts";

export interface RunResult {
  readonly run: RunId;
  readonly row: RunRow;
  readonly ending: Ending;
  readonly folder: string;
  readonly isResumed: boolean;
}

/**
 * One run of a work item from its order to its sealed evidence, or the rest of the one that was broken off. This process
 * serves the order itself; where a worker has it, this one follows.
 */
export const run = async (
  world: World,
  work: WorkId,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<Result<RunResult, Refusal>> => {
  const unready = await keysNotReady(world);
  if (unready.length > 0) return refuseAll(unready);
  const ordered = await orderRun(world, work);
  if (!ordered.ok) return ordered;
  const row = ordered.value;
  const { row: last, ending, isResumed } = await serve(world, row, signal, onLine);
  return ok({ run: row.run, row: last, ending, folder: world.archive.folder(row.run), isResumed });
};

const serve = async (
  world: World,
  row: RunRow,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<PerformedRun> => {
  const { engine } = world;
  await engine.start(engineOrder(row));
  const limits = await readOrderLimits(world);
  const here = Promise.withResolvers<PerformedRun>();
  const following = new AbortController();
  const worker = await engine.work(
    async ({ run: id }, engineRun) => {
      following.abort();
      // Who waits here may end it at once; all others end it through the engine.
      const either = AbortSignal.any([engineRun.signal, signal]);
      try {
        const performed = await performRun(world, id, { ...engineRun, signal: either }, onLine);
        here.resolve(performed ?? (await endedRun(world, id)));
      } catch (error) {
        here.reject(error);
        throw error;
      }
    },
    1,
    { only: row.run, limits: () => limits },
  );
  try {
    const there = followRun(world, row, { signal, onLine, isHere: following.signal });
    return await Promise.race([here.promise, worker.lost, there]);
  } finally {
    following.abort();
    await worker.drain(0);
    await engine.close();
  }
};
