import type { RunRow } from "../seams/store.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { ok, type Result } from "../workflow/result.ts";
import { openBench } from "./bench.ts";
import { findFact, openRecorder } from "./recorder.ts";
import { orderRun } from "./run-order.ts";
import { runWorkflow, type Ending } from "./run-workflow.ts";
import { stepsOf } from "./step.ts";
import type { World } from "./world.ts";

export interface RunResult {
  readonly run: RunId;
  readonly row: RunRow;
  readonly ending: Ending;
  readonly folder: string;
  readonly isResumed: boolean;
}

/** Does one run of a work item from its order to its sealed evidence, or goes on with the one that was broken off. */
export const run = async (
  world: World,
  work: WorkId,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<Result<RunResult, Refusal>> => {
  const ordered = await orderRun(world, work);
  if (!ordered.ok) return ordered;
  const { row, isResumed } = ordered.value;
  const recorder = await openRecorder({ run: row.run, host: world.facts.hostId, store: world.store, clock: world.clock, onLine });
  if (findFact(recorder.lines(), "run.ordered") === undefined)
    recorder.record({
      type: "run.ordered",
      subject: "run",
      trust: "harness-observed",
      data: { kind: row.kind, workId: work, target: row.targetId, runtimeDefaultActivation: false },
    });
  await recorder.flush();
  const bench = openBench({ world, row, recorder, step: stepsOf(world.store, recorder, world.holder), signal });
  const ending = await runWorkflow(bench);
  return ok({ run: row.run, row, ending, folder: world.archive.folder(row.run), isResumed });
};
