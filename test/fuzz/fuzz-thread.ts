import { parentPort, workerData } from "node:worker_threads";

import { KINDS } from "./kinds.ts";
import { tryCases } from "./try-cases.ts";

// One batch of cases after the other, in a thread that may be ended where it hangs. The number of the case at which it
// is stands in shared memory: whoever waits reads it while this thread cannot answer.
const { seed, at } = workerData as { readonly seed: number; readonly at: Int32Array };

interface Asked {
  readonly kind: string;
  readonly from: number;
  readonly to: number;
}

const answer = async ({ kind, from, to }: Asked): Promise<void> => {
  const fuzzed = KINDS.find((one) => one.kind === kind);
  if (fuzzed === undefined) throw new TypeError(`no kind ${kind}`);
  const tried = await tryCases(fuzzed, seed, { from, to }, (index) => Atomics.store(at, 0, index));
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(tried);
};

parentPort?.on("message", (asked: Asked) => void answer(asked));
