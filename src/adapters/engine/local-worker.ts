import { hostname } from "node:os";

import type { OrderLimits, Perform, Serve, Worker } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import type { LocalEngineOptions } from "./local-engine.ts";
import { orderId } from "./order-id.ts";
import type { Claimed, OrderRows, Settled } from "./order-rows.ts";
import { orUnavailable } from "./order-table.ts";
import type { WorkerRows } from "./worker-rows.ts";
import { wordsText } from "./worker-words.ts";

export interface LocalWorker extends Worker {
  /** Looks at once, for whoever knows that there is something to see. */
  lookNow(): void;
}

interface WorkerParts extends LocalEngineOptions {
  readonly leaseMs: number;
  readonly lookMs: number;
  readonly rows: OrderRows;
  readonly perform: Perform;
  readonly concurrency: number;
  readonly fleet: WorkerRows;
  readonly how: Serve;
}

interface Running {
  readonly claim: number;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** One worker: it looks, takes, performs, and lets go. Every look is one short transaction after the other. */
export const openLocalWorker = (parts: WorkerParts): LocalWorker => {
  const { rows, worker, sites, self, isAlive, leaseMs, lookMs, concurrency, perform, fleet, how, file } = parts;
  const { settleMs = ENGINE_LIMITS.settleMs } = parts;
  const { only = "any", limits = unlimited } = how;
  const running = new Map<string, Running>();
  fleet.join(worker, self, wordsText(hostname(), concurrency, how), Date.now());
  let heardAt = nowMs();
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  let isDraining = false;
  let isLost = false;
  let isOver = false;
  let finished = 0;
  let givenBack = 0;
  let idle = Promise.withResolvers<void>();

  // What it holds is left as it is: whoever comes next finds this process gone, or its lease over.
  const lose = (why: unknown): void => {
    if (isLost) return;
    isLost = true;
    clearInterval(timer);
    const end = new Failure("engine/liveness-lost", `${worker} has ended.`, { cause: why });
    for (const { stop } of running.values()) stop.abort(end);
    lost.reject(why);
  };

  // What ended while the file took no writes is told to it at a later look; nobody takes it over before its lease is over.
  const untold = new Map<string, () => void>();
  const tellUntold = (): void => {
    for (const [id, tell] of untold) {
      tell();
      untold.delete(id);
    }
  };
  const settled = (id: string, claim: number, as: Settled): void => {
    // Now, and not once its promise is seen: another one that ends in the same moment looks before that.
    running.delete(id);
    if (isLost) return;
    untold.set(id, () => void rows.settle(id, worker, claim, as));
    tried(tellUntold);
  };

  const performOne = async ({ order, claim }: Claimed, stop: AbortController): Promise<void> => {
    const id = orderId(order.run, order.kind);
    try {
      await perform(order, { signal: stop.signal, worker, step: (_name, act) => act() });
      finished += 1;
      settled(id, claim, { status: isCancelled(stop.signal) ? "cancelled" : "done" });
    } catch (error) {
      // A bug is nobody's to go on with: the process ends, and what it held is taken over.
      if (!(error instanceof Failure) || ENDS_THE_WORKER.has(error.code)) return lose(error);
      if (error.code === "engine/given-back") {
        givenBack += 1;
        return settled(id, claim, { status: "queued", notBefore: 0 });
      }
      settled(id, claim, error.retry ? { status: "queued", notBefore: nowMs() + RETRY_MS } : { status: "failed" });
      parts.onTrouble?.(error, order);
    }
  };

  const take = (): void => {
    while (running.size < concurrency) {
      const claimed = rows.claim({ worker, sites, holder: self, limits: limits() }, nowMs() + leaseMs, nowMs(), only);
      if (claimed === "none") return;
      const id = orderId(claimed.order.run, claimed.order.kind);
      const stop = new AbortController();
      const ended = performOne(claimed, stop).finally(() => {
        running.delete(id);
        lookNow();
      });
      running.set(id, { claim: claimed.claim, stop, ended });
    }
  };

  const renew = (): void => {
    if (running.size === 0) return;
    const { held, cancelled } = rows.renew(worker, nowMs() + leaseMs);
    for (const [id, { claim, stop }] of running) {
      // Somebody took it over while this process stood still: whatever it does now is done by another one.
      if (held.get(id) !== claim)
        return lose(new Failure("engine/liveness-lost", `${id} was taken over from ${worker}.`));
      if (cancelled.has(id)) stop.abort();
    }
  };

  const takeOver = (): void => {
    for (const { id, worker: whose, holder, isOver } of rows.running(nowMs()))
      if (whose !== worker && (isOver || !isAlive(holder))) rows.release(id, whose);
  };

  // As often as the lease lasts six times: not every look has to write.
  const beat = (): void => {
    if (nowMs() - heardAt < leaseMs / 6) return;
    heardAt = nowMs();
    fleet.beat(worker, isDraining, Date.now());
  };

  const look = (): void => {
    if (isLost) return;
    beat();
    tellUntold();
    renew();
    if (!isLost && !isDraining) {
      takeOver();
      take();
    }
    if (running.size > 0) return;
    idle.resolve();
    idle = Promise.withResolvers();
  };

  // The file is busy or gone for now: what this worker holds goes on, until its lease is over.
  const tried = (act: () => void): void => {
    try {
      orUnavailable(file, act);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // What comes to the same again would keep a worker here that does nothing, and says nothing of it.
      if (!error.retry) return lose(error);
      parts.onTrouble?.(error);
    }
  };
  const lookNow = (): void => tried(look);
  const timer = setInterval(lookNow, lookMs);
  setImmediate(lookNow);

  return {
    id: worker,
    lost: lost.promise,
    lookNow,
    idle: async () => idle.promise,
    drain: async (withinMs) => {
      isDraining = true;
      heardAt = 0;
      finished = 0;
      givenBack = 0;
      const all = Promise.all([...running.values()].map(({ ended }) => ended));
      const settling = AbortSignal.timeout(withinMs + settleMs);
      const over = new Promise<void>((resolve) => settling.addEventListener("abort", () => resolve()));
      const patience = AbortSignal.timeout(withinMs);
      const giveBack = (): void => {
        for (const { stop } of running.values())
          stop.abort(new Failure("engine/given-back", `${worker} ends; another worker goes on.`));
      };
      patience.addEventListener("abort", giveBack);
      await Promise.race([all, isOver ? undefined : over]);
      patience.removeEventListener("abort", giveBack);
      clearInterval(timer);
      if (!isLost) tried(() => fleet.leave(worker));
      // What heeds no abort, as an upload that a bucket never ends, is left as it is like what a lost worker held.
      isOver = true;
      isLost ||= running.size > 0;
      return { finished, givenBack: givenBack + running.size };
    },
  };
};

/** An order that ended before this worker let go of it is done. */
const isCancelled = ({ aborted, reason }: AbortSignal): boolean => aborted && !(reason instanceof Failure);

export const unlimited = (): OrderLimits => ({ atOnce: Infinity, atOncePerOwner: Infinity });

/** Milliseconds of the monotonic clock of the machine, the same for all its processes. */
const nowMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

const ENDS_THE_WORKER: ReadonlySet<string> = new Set(["store/fenced", "engine/liveness-lost"]);
const RETRY_MS = 2_000;
