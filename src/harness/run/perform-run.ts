import type { EngineRun } from "../../seams/engine.ts";
import type { Fence, Holder, RunRow } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { openRedactor } from "../backend/redactor.ts";
import { runWorkflow, type Ending } from "../run-workflow.ts";
import type { World } from "../world.ts";
import { openBench } from "./bench.ts";
import { onDisk } from "./disk-failure.ts";
import { isCancelled } from "./let-go.ts";
import { findFact, openRecorder, type Recorder } from "./recorder.ts";
import { recover } from "./recover.ts";
import { stepsOf } from "./step.ts";

/** What a run came to, for whoever waited for it. */
export interface PerformedRun {
  readonly row: RunRow;
  readonly ending: Ending;
  readonly isResumed: boolean;
}

/** A run that is taken up: a fresh one, or one whose process died, from where its ledger says that it stands. */
interface TakenUp {
  readonly row: RunRow;
  /** Who held it before, where it was broken off. */
  readonly brokenOff: Holder | "new";
  /** From now on nobody who held the run before can write of it. */
  readonly fence: Fence;
}

/**
 * Performs an order of the engine: one run from where it stands to its sealed evidence. Done twice it does nothing twice:
 * every act is answered from the ledger (architecture.md 6). Undefined where the run has ended before.
 */
export const performRun = (
  world: World,
  run: RunId,
  engineRun: Pick<EngineRun, "step" | "signal">,
  onLine: (line: string) => void,
): Promise<PerformedRun | undefined> => onDisk(() => performOpen(world, run, engineRun, onLine));

const performOpen = async (
  world: World,
  run: RunId,
  { step, signal }: Pick<EngineRun, "step" | "signal">,
  onLine: (line: string) => void,
): Promise<PerformedRun | undefined> => {
  const taken = await takeUp(world, run);
  if (taken === "ended") return undefined;
  const { row, brokenOff, fence } = taken;
  const redactor = await openRedactor(world, run, "keep");
  const recorder = await openRecorder({
    run,
    host: world.facts.hostId,
    store: world.store,
    clock: world.clock,
    signer: await world.ownKeys.noteSigner(),
    redactor,
    onLine,
  });
  recorder.under(fence);
  await begin(world, taken, recorder, redactor.rules());
  const heard = (await isStopWanted(world, run)) ? AbortSignal.any([signal, AbortSignal.abort()]) : signal;
  const steps = stepsOf(world.store, recorder, world.holder, step);
  const bench = await openBench({ world, row, recorder, redactor, steps, signal: heard });
  const forget = recordStop(heard, recorder);
  try {
    return { row, ending: await runWorkflow(bench), isResumed: brokenOff !== "new" };
  } finally {
    forget();
  }
};

// Looked at and taken in one transaction: the engine lets one worker do so, and the fence shuts out all others.
const takeUp = (world: World, run: RunId): Promise<TakenUp | "ended"> =>
  world.store.transact(async (ledger) => {
    const row = await ledger.run(run);
    // As where an older ledger was put back beside newer orders, or somebody else wrote there.
    if (row === "absent")
      throw new Failure("engine/unreadable", `The engine holds an order of ${run}, which this ledger does not know.`);
    if (row.state === "ended") return "ended";
    const { sequence } = await ledger.tip(run);
    const fence = await ledger.beginAttempt(run, "take-up", world.holder, "unfenced");
    return { row: { ...row, holder: world.holder }, brokenOff: sequence === 0 ? "new" : row.holder, fence };
  });

const begin = async (
  world: World,
  { row, brokenOff }: TakenUp,
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

/** Whether somebody asked for the end of a run that had no worker to hear it. */
const isStopWanted = async ({ store }: World, run: RunId): Promise<boolean> =>
  (await store.records({ runs: [run], types: ["run.stopping"], limit: 1 })).length > 0;

/** That somebody asked for the end outlives this process: whoever goes on with the run stops it. */
const recordStop = (signal: AbortSignal, recorder: Recorder): (() => void) => {
  const record = (): void => {
    if (isCancelled(signal) && findFact(recorder.lines(), "run.finished") === undefined)
      recorder.record({ type: "run.stopping", subject: "run", trust: "harness-observed", data: {} });
  };
  signal.addEventListener("abort", record);
  if (signal.aborted) record();
  return () => signal.removeEventListener("abort", record);
};
