import { existsSync } from "node:fs";

import type Database from "better-sqlite3";

import type { Engine, RunOrder } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import type { Failure } from "../../workflow/failure.ts";
import { openLocalWorker, type LocalWorker } from "./local-worker.ts";
import { orderId } from "./order-id.ts";
import { orderRows, type OrderRows } from "./order-rows.ts";
import { openOrderTable, orUnavailable, readOrderTable } from "./order-table.ts";
import { workerRows, type WorkerRows } from "./worker-rows.ts";

export interface LocalEngineOptions {
  /** Absolute path of the file of orders; its folder is there. */
  readonly file: string;
  /** Whoever only looks writes nothing, and may not order, cancel or work. */
  readonly use?: "work" | "look";
  readonly worker: string;
  /** Whose orders its workers take, where they are not there for one run. */
  readonly sites: readonly string[];
  readonly self: Holder;
  /** False only where the end of a process is proven. */
  readonly isAlive: (holder: Holder) => boolean;
  /** How long a worker that is silent still holds what it took; it is heard six times as often. */
  readonly leaseMs?: number;
  /** How often a worker looks for orders, cancels and dead workers. */
  readonly lookMs?: number;
  /** How long orders may take to end after a drain aborted them. */
  readonly settleMs?: number;
  /** What a worker met and lives on with; of one order, if it names one. */
  readonly onTrouble?: (failure: Failure, order?: RunOrder) => void;
}

/** The engine of one machine: orders are rows of an SQLite file, leases are times in them (engine.md 4). */
export const localEngine = (options: LocalEngineOptions): Engine => {
  const { file, use = "work", leaseMs = 30_000, lookMs = 500 } = options;
  let held: Held | undefined;
  const workers = new Set<LocalWorker>();
  const opened = (): Held => {
    if (use === "look") throw new TypeError("these orders are open for looking only");
    return (held ??= heldOf(openOrderTable(file)));
  };
  // Whoever asks makes no file.
  const found = (): Held | undefined => {
    if (held !== undefined || !existsSync(file)) return held;
    const database = use === "look" ? readOrderTable(file) : openOrderTable(file);
    return (held = database === undefined ? undefined : heldOf(database));
  };
  const asked = async <T>(act: () => T): Promise<T> => orUnavailable(file, act);
  const looked = <T>(none: T, look: (there: Held) => T): Promise<T> =>
    asked(() => {
      const there = found();
      return there === undefined ? none : look(there);
    });

  return {
    start: (order) => asked(() => opened().rows.start(order)),
    cancel: (run, kind) =>
      looked(undefined, () => {
        opened().rows.cancel(orderId(run, kind));
        for (const worker of workers) worker.lookNow();
      }),
    status: (run, kind) => looked("unknown", ({ rows }) => rows.status(orderId(run, kind))),
    queue: () => looked([], ({ rows }) => rows.queue()),
    workers: () => looked([], ({ fleet }) => fleet.list(options.isAlive, leaseMs, Date.now())),
    work: (perform, concurrency, how = {}) =>
      asked(() => {
        const worker = openLocalWorker({
          ...options,
          leaseMs,
          lookMs,
          ...opened(),
          perform,
          concurrency,
          how,
        });
        workers.add(worker);
        return worker;
      }),
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.drain(0)));
      workers.clear();
      held?.database.close();
      held = undefined;
    },
  };
};

interface Held {
  readonly database: Database.Database;
  readonly rows: OrderRows;
  readonly fleet: WorkerRows;
}

const heldOf = (database: Database.Database): Held => ({
  database,
  rows: orderRows(database),
  fleet: workerRows(database),
});
