import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

import type { DBOSClient } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";

import type { Perform, Serve, Worker } from "../../seams/engine.ts";
import { Failure } from "../../workflow/failure.ts";
import type { BoundedLog } from "./bounded-log.ts";
import type { CancelMarks } from "./cancel-marks.ts";
import { begunBy, moveBack, putBack, takeNothingMore } from "./dbos-internals.ts";
import { launchDbos } from "./dbos-launch.ts";
import { performer } from "./dbos-performer.ts";
import { ownRow } from "./fleet-rows.ts";
import { claimId, refuseSkew } from "./join-fleet.ts";
import { unlimited } from "./local-worker.ts";
import { ownQueueOf } from "./order-id.ts";
import { idsOf, type OrderQueue } from "./order-queue.ts";
import { pullOrders } from "./pull-orders.ts";
import { openSession, type SessionTimes } from "./session.ts";
import { joinSite, openQueue } from "./site-queue.ts";
import { takeOver } from "./takeover.ts";
import { targetLocks } from "./target-locks.ts";
import { wordsText } from "./worker-words.ts";

export interface WorkerTimes extends SessionTimes {
  readonly pollMs: number;
  readonly takeoverMs: number;
  readonly cancelPollMs: number;
  readonly idInUseWaitMs: number;
  readonly settleMs: number;
  readonly lostMs: number;
}

export interface WorkerParts {
  readonly url: string;
  readonly worker: string;
  readonly site: string;
  readonly protocol: number;
  readonly times: WorkerTimes;
  readonly wallMs: () => number;
  readonly pool: Pool;
  readonly client: DBOSClient;
  readonly queue: OrderQueue;
  readonly marks: CancelMarks;
  readonly log: BoundedLog;
  readonly act: Perform;
  readonly concurrency: number;
  /** The orders of one run alone are taken through a queue of this worker's own. */
  readonly how: Serve;
}

/** Joins the site and serves it. One at a time in a process, for DBOS is one of a process. */
export const startWorker = async (parts: WorkerParts): Promise<Worker> => {
  const { worker, site, protocol, times, client, queue, marks, pool, log, act, concurrency, how } = parts;
  const { only, limits = unlimited } = how;
  const session = await openSession(parts.url, `cto ${worker}`, times);
  const over = new AbortController();
  let isLost = false;
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  const lose = (why: unknown): void => {
    isLost = true;
    hands.abort(new Failure("engine/liveness-lost", `${worker} has ended.`, { cause: why }));
    over.abort();
    reject(why);
    void takeNothingMore().catch(() => undefined);
  };
  const targets = targetLocks(session, times.pollMs);
  const hands = performer({ worker, act, marks, targets, isFresh: () => session.isFresh(), lose });

  const row = ownRow(session, worker);
  // What waits is taken by turns, and begun from a queue of this worker's own.
  const queueName = ownQueueOf(site, worker);
  try {
    await refuseSkew(session, parts.wallMs);
    await claimId(session, worker, times.idInUseWaitMs);
    const settings = { concurrency, pollMs: times.pollMs };
    if (only === undefined) await joinSite(session, client, site, settings);
    await openQueue(client, queueName, settings);
    await row.join(wordsText(hostname(), concurrency, how));
    await launchDbos({ worker, queueName, protocol, pool, log }, (order, id) =>
      hands.perform(order, () => queue.claims(id)),
    );
  } catch (error) {
    await session.close().catch(() => undefined);
    throw error;
  }
  session.lost.catch(lose);
  let isDraining = false;

  const pull = async (): Promise<void> => {
    if (isDraining) return;
    const ids = only === undefined ? {} : { only: idsOf(only, protocol) };
    await pullOrders(pool, { worker, site, protocol, concurrency, limits, ...ids });
  };
  const look = (): Promise<number> => takeOver({ session, worker, protocol, queue });
  const everyLook = async (): Promise<void> => {
    await look();
    await queue.orderAgain();
  };
  const loops = [
    every(times.takeoverMs, over.signal, everyLook),
    every(times.pollMs, over.signal, pull),
    every(times.cancelPollMs, over.signal, () => hands.heed()),
    every(times.livenessMs, over.signal, () => row.beat(isDraining)),
  ];

  const idle = async (): Promise<void> => {
    for (;;) {
      const taken = await Promise.race([look(), lost]);
      if (taken === 0 && hands.running() === 0 && !(await queue.hasFor(site, worker, only))) return;
      await delay(times.pollMs, undefined, { signal: over.signal }).catch(() => undefined);
    }
  };

  const endHere = async (withinMs: number): Promise<void> => {
    const isQuiet = (): boolean => hands.running() === 0;
    if (!(await until(isQuiet, withinMs))) {
      hands.abort(new Failure("engine/given-back", `${worker} ends; another worker goes on.`));
      await until(isQuiet, times.settleMs);
    }
    hands.abort(new Failure("engine/given-back", `${worker} has ended.`));
  };

  /** What has ended is recorded as ended before the rest is put back. */
  const giveBack = async (): Promise<void> => {
    const left = (): number => hands.tally().givenBack + hands.running();
    await until(async () => (await begunBy(session, worker)).length <= left(), times.settleMs);
    over.abort();
    await Promise.allSettled(loops);
    await putBack(worker);
    await moveBack(session, worker);
    await client.deleteQueue(queueName);
  };

  const leave = async (withinMs: number): ReturnType<Worker["drain"]> => {
    const { DBOS } = await import("@dbos-inc/dbos-sdk");
    const before = hands.tally().finished;
    isDraining = true;
    if (!isLost) await row.beat(isDraining).catch(() => undefined);
    await takeNothingMore();
    await endHere(isLost ? 0 : withinMs);
    if (!isLost) await giveBack();
    await DBOS.shutdown({ deregister: true });
    if (!isLost) await row.leave().catch(() => undefined);
    await session.close().catch(() => undefined);
    const { finished, givenBack } = hands.tally();
    return { finished: finished - before, givenBack: givenBack + hands.running() };
  };

  // Whoever is lost may wait in vain for the database.
  const leaveLost = async (): ReturnType<Worker["drain"]> => {
    await lost.catch(() => delay(times.lostMs));
    return { finished: 0, givenBack: hands.tally().givenBack + hands.running() };
  };
  let leaving: ReturnType<Worker["drain"]> | undefined;
  const drain: Worker["drain"] = (withinMs) => (leaving ??= Promise.race([leave(withinMs), leaveLost()]));
  return { id: worker, drain, lost, idle };
};

/** What fails once is tried again at the next turn: whether this worker goes on at all is its session's to say. */
const every = async (ms: number, signal: AbortSignal, act: () => Promise<void>): Promise<void> => {
  while (!signal.aborted) {
    await act().catch(() => undefined);
    await delay(ms, undefined, { signal }).catch(() => undefined);
  }
};

const until = async (holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> => {
  const end = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() >= end) return false;
    await delay(20);
  }
  return true;
};
