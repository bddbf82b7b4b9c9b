import type { Holder, Store } from "../seams/store.ts";
import { Failure } from "../workflow/failure.ts";
import { parseDigest } from "../workflow/digest.ts";
import { LIMITS } from "../workflow/limits.ts";
import { findFact, type Recorder } from "./recorder.ts";
import type { StepName } from "./steps.ts";
import { store as stored, unstore } from "./stored.ts";

/** Does an act once: what is recorded is answered from the record, whoever asks again (architecture.md 6). */
export type Step = <T>(name: StepName, act: (attempt: number) => Promise<T>) => Promise<T>;

/**
 * Steps of one run over its ledger. An act may run twice, after a crash, and must not matter twice. After the third
 * beginning the run ends as `engine/attempts-exhausted`.
 */
export const stepsOf =
  (ledger: Store, recorder: Recorder, holder: Holder): Step =>
  async (name, act) => {
    const done = findFact(recorder.lines(), "step.finished", `step/${name}`);
    if (done !== undefined) return recall(ledger, name, done.data["outputSha256"]);

    const fence = await ledger.transact((book) => book.beginAttempt(recorder.run, name, holder));
    recorder.under(fence);
    if (fence.attempt > LIMITS.stepAttemptsMax)
      throw new Failure("engine/attempts-exhausted", `The step ${name} began ${fence.attempt} times.`);
    const output = await act(fence.attempt);
    await recorder.flush();
    await ledger.transact(async (book) => {
      const outputSha256 = await book.keep("step", stored(output));
      recorder.record({
        type: "step.finished",
        subject: `step/${name}`,
        trust: "harness-observed",
        data: { step: name, attempt: fence.attempt, outputSha256 },
      });
      await recorder.flushInto(book);
    });
    return output;
  };

const recall = async <T>(ledger: Store, name: StepName, digest: unknown): Promise<T> => {
  const known = typeof digest === "string" ? parseDigest(digest) : undefined;
  const document = known === undefined ? "absent" : await ledger.document(known);
  if (document === "absent") throw new Failure("store/corrupt", `The output of step ${name} is not in the ledger.`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a recorded step output is read back
  return unstore(document) as T;
};
