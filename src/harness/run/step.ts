import type { EngineRun } from "../../seams/engine.ts";
import type { Holder, Ledger, Store } from "../../seams/store.ts";
import { parseDigest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { findFact, type Recorder } from "./recorder.ts";
import type { StepName } from "./steps.ts";
import { store as stored, unstore } from "./stored.ts";

/** Does acts once: what is recorded is answered from the record, whoever asks again (architecture.md 6). */
export interface Steps {
  /** `inside` belongs to the transaction that records the step: it happens with the record, or not at all. */
  do<T>(
    name: StepName,
    act: (attempt: number) => Promise<T>,
    inside?: (ledger: Ledger, output: T) => Promise<T>,
  ): Promise<T>;
  /** What the step left, if it is recorded; does nothing. */
  recorded<T>(name: StepName): Promise<T | undefined>;
}

/**
 * Steps of one run over its ledger. An act may run twice, after a crash, and must not matter twice. After the third
 * beginning the run ends as `engine/attempts-exhausted`; only the last look at the target may be tried for ever.
 */
export const stepsOf = (store: Store, recorder: Recorder, holder: Holder, step: EngineRun["step"]): Steps => {
  const recorded = async <T>(name: StepName): Promise<T | undefined> => {
    const done = findFact(recorder.lines(), "step.finished", `step/${name}`);
    return done === undefined ? undefined : recordedOutput<T>(store, name, done.data["outputSha256"]);
  };
  return {
    recorded,
    do: async (name, act, inside) => {
      const known = await recorded<Awaited<ReturnType<typeof act>>>(name);
      if (known !== undefined) return known;
      const once = () => doOnce({ store, recorder, holder }, name, act, inside);
      let left: { readonly output: Awaited<ReturnType<typeof act>> } | undefined;
      await step(name, async () => {
        left = { output: await once() };
        return "recorded";
      });
      // An engine that remembers a step which the ledger does not know is not believed.
      return left === undefined ? once() : left.output;
    },
  };
};

const doOnce = async <T>(
  { store, recorder, holder }: { readonly store: Store; readonly recorder: Recorder; readonly holder: Holder },
  name: StepName,
  act: (attempt: number) => Promise<T>,
  inside?: (ledger: Ledger, output: T) => Promise<T>,
): Promise<T> => {
  const fence = await store.transact((ledger) => ledger.beginAttempt(recorder.run, name, holder, recorder.fence()));
  recorder.under(fence);
  if (name !== "proof" && fence.attempt > LIMITS.stepAttemptsMax)
    throw new Failure("engine/attempts-exhausted", `The step ${name} began ${fence.attempt} times.`);
  const output = await act(fence.attempt);
  return recorder.transact(async (ledger) => {
    const last = inside === undefined ? output : await inside(ledger, output);
    const outputSha256 = await ledger.keep("step", stored(last));
    recorder.record({
      type: "step.finished",
      subject: `step/${name}`,
      trust: "harness-observed",
      data: { step: name, attempt: fence.attempt, outputSha256 },
    });
    // After the gate, before the commit, and after every other step: what was done is signed with its record.
    recorder.checkpoint();
    return last;
  });
};

/** What a finished step left, by the digest in its fact. */
export const recordedOutput = async <T>(store: Store, name: StepName, digest: unknown): Promise<T> => {
  const known = typeof digest === "string" ? parseDigest(digest) : undefined;
  const document = known === undefined ? "absent" : await store.document(known);
  if (document === "absent") throw new Failure("store/corrupt", `The output of step ${name} is not in the ledger.`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a recorded step output is read back
  return unstore(document) as T;
};
