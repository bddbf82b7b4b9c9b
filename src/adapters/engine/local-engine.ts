import { existsSync } from "node:fs";

import type Database from "better-sqlite3";

import type { Engine, RunOrder } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import type { Failure } from "../../workflow/failure.ts";
import { openLocalWorker, type LocalWorker } from "./local-worker.ts";
import { orderId } from "./order-id.ts";
import { orderRows, type OrderRows } from "./order-rows.ts";
import { openOrderTable, orUnavailable } from "./order-table.ts";
import { workerRows, type WorkerRows } from "./worker-rows.ts";

export interface LocalEngineOptions {
  /** Absolute path of the file of orders; its folder is there. */
  readonly file: string;
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
  /** What a worker met and lives on with; of one order, if it names one. */
  readonly onTrouble?: (failure: Failure, order?: RunOrder) => void;
}

/** The engine of one machine: orders are rows of an SQLite file, leases are times in them (engine.md 4). */
export const localEngine = (options: LocalEngineOptions): Engine => {
  const { file, leaseMs = 30_000, lookMs = 500 } = options;
  let database: Database.Database | undefined;
  const workers = new Set<LocalWorker>();
  const opened = (): Database.Database => (database ??= openOrderTable(file));
  const rows = (): OrderRows => orderRows(opened());
  const fleet = (): WorkerRows => workerRows(opened());
  // Whoever only looks makes no file.
  const isThere = (): boolean => database !== undefined || existsSync(file);
  const asked = async <T>(act: () => T): Promise<T> => orUnavailable(file, act);

  return {
    start: (order) => asked(() => rows().start(order)),
    cancel: (run, kind) =>
      asked(() => {
        if (!isThere()) return;
        rows().cancel(orderId(run, kind));
        for (const worker of workers) worker.lookNow();
      }),
    status: (run, kind) => asked(() => (isThere() ? rows().status(orderId(run, kind)) : "unknown")),
    queue: () => asked(() => (isThere() ? rows().queue() : [])),
    workers: () => asked(() => (isThere() ? fleet().list(options.isAlive, leaseMs, Date.now()) : [])),
    work: (perform, concurrency, how = {}) =>
      asked(() => {
        const worker = openLocalWorker({
          ...options,
          leaseMs,
          lookMs,
          rows: rows(),
          fleet: fleet(),
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
      database?.close();
      database = undefined;
    },
  };
};
