import { setTimeout as wait } from "node:timers/promises";

import type { Offers, RunOrder } from "../../seams/engine.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { RunEnding } from "../../workflow/run-state.ts";
import { performRun } from "../run/perform-run.ts";
import type { World } from "../world.ts";
import { readOrderLimits } from "./order-limits.ts";
import { relayOrders } from "./relay-orders.ts";
import { readOffers } from "./worker-offers.ts";

export interface Serving {
  readonly concurrency: number;
  /** Whether it ends as soon as nothing waits that it could take. */
  readonly until: "stopped" | "idle";
  /** Aborts when nothing more is to be taken. */
  readonly stop: AbortSignal;
  /** How long what still runs then may go on before it is given back. */
  readonly drainMs: number;
  readonly tell: (news: WorkerNews) => void;
}

/** What a worker does, as it does it. */
export type WorkerNews =
  | {
      readonly kind: "serves";
      readonly worker: string;
      readonly concurrency: number;
      readonly offers: Offers;
    }
  | { readonly kind: "begins"; readonly order: RunOrder }
  | { readonly kind: "ended"; readonly run: RunId; readonly ending: RunEnding }
  | { readonly kind: "drains" }
  | { readonly kind: "trouble"; readonly run?: RunId; readonly says: string };

export interface Served {
  readonly worker: string;
  readonly claimed: number;
  readonly done: number;
  readonly givenBack: number;
}

/** Performs runs until it is told to end. Rejects where this process must not go on: `engine/liveness-lost`, `store/fenced`. */
export const serveOrders = async (world: World, serving: Serving): Promise<Served> => {
  const { concurrency, stop, drainMs, tell } = serving;
  const offers = await readOffers(world);
  let limits = await readOrderLimits(world);
  let claimed = 0;
  let done = 0;
  const worker = await world.engine.work(
    async (order, engineRun) => {
      claimed += 1;
      tell({ kind: "begins", order });
      const performed = await toldOf(
        order.run,
        tell,
        performRun(world, order.run, engineRun, () => undefined),
      );
      done += 1;
      if (performed !== undefined) tell({ kind: "ended", run: order.run, ending: performed.ending.kind });
    },
    concurrency,
    { offers, limits: () => limits },
  );
  const look = async (): Promise<void> => {
    await world.store.mustBeHere();
    limits = await readOrderLimits(world);
    await relayOrders(world);
  };
  tell({ kind: "serves", worker: worker.id, concurrency, offers });
  try {
    await Promise.race([worker.lost, relayUntil(serving, look, () => worker.idle())]);
    if (stop.aborted) tell({ kind: "drains" });
    const { givenBack } = await Promise.race([worker.lost, worker.drain(drainMs)]);
    return { worker: worker.id, claimed, done, givenBack };
  } finally {
    await world.engine.close();
  }
};

/** Why a run does not go on here is told, then left to the engine. */
const toldOf = async <T>(run: RunId, tell: Serving["tell"], performing: Promise<T>): Promise<T> => {
  try {
    return await performing;
  } catch (error) {
    tell({ kind: "trouble", run, says: error instanceof Error ? error.message : String(error) });
    throw error;
  }
};

/** Looks for orders again and again. A ledger that is held or a full disk for a moment is told once, and tried again. */
const relayUntil = async (
  { until, stop, tell }: Serving,
  look: () => Promise<void>,
  idle: () => Promise<void>,
): Promise<void> => {
  let told = "";
  while (!stop.aborted) {
    try {
      await look();
      told = "";
    } catch (error) {
      // What comes to the same again would keep a worker here that does nothing.
      if (!(error instanceof Failure) || !error.retry) throw error;
      const says = error.message;
      if (says !== told) tell({ kind: "trouble", says });
      told = says;
    }
    // Whoever is told to end takes nothing more, also where something waits still.
    if (until === "idle") return Promise.race([idle(), abortOf(stop)]);
    await wait(LIMITS.orderLookMs, undefined, { signal: stop }).catch(() => undefined);
  }
};

const abortOf = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
