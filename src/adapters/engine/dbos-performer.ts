import { setTimeout as delay } from "node:timers/promises";

import type { Perform, RunOrder } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import type { CancelMarks } from "./cancel-marks.ts";
import { forever, journaledStep } from "./dbos-journal.ts";
import { orderId } from "./order-id.ts";
import type { TargetLocks } from "./target-locks.ts";

/** What this worker performs at the moment, and how it ends. */
export interface Performer {
  /** The body of the workflow; its output says how the order ended. Never settles for an order that is given back. */
  perform(order: RunOrder, claims: () => Promise<number>): Promise<Outcome>;
  /** Aborts what somebody cancelled. */
  heed(): Promise<void>;
  /** Aborts everything: `engine/given-back` or `engine/liveness-lost`. */
  abort(why: Failure): void;
  running(): number;
  tally(): { readonly finished: number; readonly givenBack: number };
}

export type Outcome = "done" | "cancelled";

export interface PerformerParts {
  readonly worker: string;
  readonly act: Perform;
  readonly targets: TargetLocks;
  readonly marks: CancelMarks;
  /** Whether the database still takes this worker for alive. */
  readonly isFresh: () => boolean;
  /** The worker is over: another one has what it held, or will have it. */
  readonly lose: (failure: Failure) => void;
}

export const performer = ({ worker, act, targets, marks, isFresh, lose }: PerformerParts): Performer => {
  const running = new Map<string, AbortController>();
  const over = new AbortController();
  const lost = new AbortController();
  let finished = 0;
  let givenBack = 0;
  const isGone = (): boolean => lost.signal.aborted || !isFresh();

  const performOnce = async (order: RunOrder, ending: AbortController): Promise<Outcome | "given back" | "again"> => {
    const { signal } = ending;
    const endHere = (): void =>
      lose(new Failure("engine/liveness-lost", `Another worker has ${orderId(order.run, order.kind)}.`));
    const step = journaledStep({ isGone, lose: endHere, lost: lost.signal });
    try {
      await act(order, { worker, signal, step });
    } catch (error) {
      if (isGone()) return "given back";
      if (!(error instanceof Failure)) throw error;
      if (ENDS_THE_WORKER.has(error.code)) lose(error);
      if (ENDS_THE_WORKER.has(error.code) || error.code === "engine/given-back") return "given back";
      if (error.retry) return "again";
      throw error;
    }
    if (isGone()) return "given back";
    return signal.aborted && !(signal.reason instanceof Failure) ? "cancelled" : "done";
  };

  const performHeld = async (order: RunOrder, claims: () => Promise<number>): Promise<Outcome | "given back"> => {
    const id = orderId(order.run, order.kind);
    const isCancelled = (await marks.among([id])).has(id);
    // Nobody has begun it: there is nothing to bring to an end.
    if (isCancelled && (await claims()) <= 1) return "cancelled";
    const ending = new AbortController();
    running.set(id, ending);
    if (isCancelled) ending.abort();
    if (over.signal.aborted) ending.abort(over.signal.reason);
    try {
      for (;;) {
        const outcome = await performOnce(order, ending);
        if (outcome !== "again") return outcome;
        await delay(ENGINE_LIMITS.retryMs, undefined, { signal: over.signal }).catch(() => undefined);
        if (over.signal.aborted) return "given back";
      }
    } finally {
      running.delete(id);
    }
  };

  return {
    perform: async (order, claims) => {
      if (over.signal.aborted) return forever();
      const letGo = await targets.hold(order.target, over.signal).catch(() => undefined);
      if (letGo === undefined) return forever();
      try {
        const outcome = await performHeld(order, claims);
        if (outcome !== "given back") {
          finished += 1;
          return outcome;
        }
      } finally {
        await letGo().catch(() => undefined);
      }
      givenBack += 1;
      return forever();
    },
    heed: async () => {
      const marked = await marks.among([...running.keys()]);
      for (const [id, ending] of running) if (marked.has(id)) ending.abort();
    },
    abort: (why) => {
      if (why.code === "engine/liveness-lost") lost.abort(why);
      if (!over.signal.aborted) over.abort(why);
      for (const ending of running.values()) ending.abort(why);
    },
    running: () => running.size,
    tally: () => ({ finished, givenBack }),
  };
};

const ENDS_THE_WORKER: ReadonlySet<string> = new Set(["store/fenced", "engine/liveness-lost"]);
