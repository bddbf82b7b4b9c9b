import type { RunRow } from "../seams/store.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { ok, type Result } from "../workflow/result.ts";
import { openBench } from "./bench.ts";
import { keysNotReady } from "./keys-ready.ts";
import { refuseAll } from "./read-facts.ts";
import { findFact, openRecorder, type Recorder } from "./recorder.ts";
import { recover } from "./recover.ts";
import { openRedactor } from "./redactor.ts";
import { orderRun, type Ordered } from "./run-order.ts";
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
  const unready = await keysNotReady(world);
  if (unready.length > 0) return refuseAll(unready);
  const ordered = await orderRun(world, work);
  if (!ordered.ok) return ordered;
  const { row, brokenOff } = ordered.value;
  const redactor = await openRedactor(world, row.run, "keep");
  const recorder = await openRecorder({
    run: row.run,
    host: world.facts.hostId,
    store: world.store,
    clock: world.clock,
    signer: await world.ownKeys.noteSigner(),
    redactor,
    onLine,
  });
  await begin(world, ordered.value, recorder, redactor.rules());
  const steps = stepsOf(world.store, recorder, world.holder);
  const bench = await openBench({ world, row, recorder, redactor, steps, signal });
  const forget = recordStop(signal, recorder);
  try {
    const ending = await runWorkflow(bench);
    return ok({ run: row.run, row, ending, folder: world.archive.folder(row.run), isResumed: brokenOff !== "new" });
  } finally {
    forget();
  }
};

const begin = async (
  world: World,
  { row, brokenOff }: Ordered,
  recorder: Recorder,
  redactionRules: readonly string[],
): Promise<void> => {
  if (findFact(recorder.lines(), "run.ordered") === undefined)
    recorder.record({
      type: "run.ordered",
      subject: "run",
      trust: "harness-observed",
      data: {
        kind: row.kind,
        workId: row.work,
        target: row.targetId,
        redactionRules: [...redactionRules],
      },
    });
  if (brokenOff !== "new") await recover(world, row, brokenOff, recorder);
  await recorder.flush();
};

/** That somebody asked for the end outlives this process: whoever goes on with the run stops it. */
const recordStop = (signal: AbortSignal, recorder: Recorder): (() => void) => {
  const record = (): void => {
    if (findFact(recorder.lines(), "run.finished") === undefined)
      recorder.record({ type: "run.stopping", subject: "run", trust: "harness-observed", data: {} });
  };
  signal.addEventListener("abort", record);
  if (signal.aborted) record();
  return () => signal.removeEventListener("abort", record);
};
