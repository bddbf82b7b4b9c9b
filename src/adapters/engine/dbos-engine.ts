import { setTimeout as delay } from "node:timers/promises";

import type { Engine, Worker } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import { startWorker, type WorkerTimes } from "./dbos-worker.ts";
import { seenWorkers } from "./fleet-rows.ts";
import { NOTHING_LAID, openOrders, type OpenOrders } from "./open-orders.ts";
import { unreachable } from "./session.ts";

export interface DbosOptions {
  /** Of a PostgreSQL database: a direct connection, for a pooler lets go of the locks of a session. */
  readonly url: string;
  /** Whoever is started again under this id gets its own orders back. */
  readonly worker: string;
  /** The machine whose targets this worker reaches. */
  readonly site: string;
  /** The ULID of the home whose orders these are. */
  readonly home: string;
  /** Whoever only looks writes nothing, and makes no tables. */
  readonly use: "work" | "look";
  /** What each worker of the site performs at once; the same for all of them. */
  readonly concurrency?: number;
  /** Rises when the steps of an order change. */
  readonly protocol?: number;
  readonly times?: Partial<WorkerTimes>;
  readonly wallMs?: () => number;
}

/**
 * The engine for many workers, on DBOS and PostgreSQL (engine.md 5). It connects when it is first asked, and again when it
 * is asked after it was closed; Failure `engine/unreachable` where no database serves.
 */
export const dbosEngine = (options: DbosOptions): Engine => {
  const {
    url,
    worker,
    site,
    home,
    use,
    protocol = 1,
    concurrency = ENGINE_LIMITS.concurrency,
    wallMs = Date.now,
  } = options;
  const times: WorkerTimes = { ...ENGINE_LIMITS, ...options.times };
  const workers = new Set<Worker>();
  let opened: Promise<OpenOrders> | undefined;
  const orders = (): Promise<OpenOrders> => {
    opened ??= openOrders({ url, worker, protocol, home, use, connectMs: times.connectMs }).catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  const ask = async <T>(question: (open: OpenOrders) => Promise<T>): Promise<T> => {
    const open = await orders();
    return answered(question(open));
  };

  return {
    start: (order) => ask(({ queue }) => queue.start(order)),
    cancel: (run, kind) => ask(({ queue }) => queue.cancel(run, kind)),
    status: (run, kind) =>
      orNone(
        ask(({ queue }) => queue.status(run, kind)),
        "unknown",
      ),
    queue: () =>
      orNone(
        ask(({ queue }) => queue.list()),
        [],
      ),
    workers: () =>
      orNone(
        ask(({ pool }) => seenWorkers(pool)),
        [],
      ),
    work: async (act, wanted, how = {}) => {
      if (how.only === undefined && wanted !== concurrency)
        throw new Failure(
          "engine/another-concurrency",
          `Workers of site ${site} perform ${concurrency} orders at once, not ${wanted}.`,
        );
      const started = await startWorker({
        url,
        worker,
        site,
        protocol,
        times,
        wallMs,
        act,
        concurrency: wanted,
        how,
        ...(await orders()),
      });
      workers.add(started);
      return started;
    },
    close: async () => {
      await Promise.all([...workers].map((one) => one.drain(0)));
      workers.clear();
      const open = opened;
      opened = undefined;
      const closed = open?.then((orders) => orders.close()).catch(() => undefined);
      await Promise.race([closed, delay(ENGINE_LIMITS.closeMs, undefined, { ref: false })]);
    },
  };
};

const orNone = async <T>(asked: Promise<T>, none: T): Promise<T> => {
  try {
    return await asked;
  } catch (error) {
    if (error === NOTHING_LAID) return none;
    throw error;
  }
};

/** DBOS asks a database that is gone again and again; who orders is told after a while, and may order the same again. */
const answered = async <T>(asked: Promise<T>): Promise<T> => {
  const ending = new AbortController();
  const late = delay(ENGINE_LIMITS.answerMs, undefined, { signal: ending.signal }).then(() => {
    throw unreachable(`no answer for ${ENGINE_LIMITS.answerMs} ms`);
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    ending.abort();
    late.catch(() => undefined);
  }
};
