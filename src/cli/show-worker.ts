import type { OrderObject, WorkerObject } from "../harness/objects/worker.ts";
import { visible } from "../workflow/visible-text.ts";
import { relative } from "./duration.ts";

/** A worker in one line. What it is named and offers is its own word, so all of it is escaped. */
export const workerText = (worker: WorkerObject, nowMs: number): string => {
  const { id, host, state, concurrency, only, confinement, backends, targets, runs, heardAt } = worker;
  const offers =
    only === undefined
      ? [
          `${concurrency} at a time`,
          `confinement ${confinement ?? "unknown"}`,
          `backends ${named(backends)}`,
          `targets ${named(targets)}`,
        ]
      : [`for ${visible(only)} alone`];
  const performs = runs.length === 0 ? [] : [`performs ${named(runs)}`];
  return [
    `${visible(id)} on ${visible(host)}  ${state}, heard ${relative(heardAt, nowMs)}`,
    [...offers, ...performs].join("; "),
  ].join("  ");
};

/** Who has a run, behind the words of its state. */
export const byWorker = (order: OrderObject | null): string =>
  order?.worker === undefined ? "" : `  by ${visible(order.worker)}`;

/** Where a run stands in its queue, and who has it. */
export const orderText = ({ queue, place, of, worker }: OrderObject): string =>
  [
    ...(place === undefined || of === undefined ? [] : [`place ${place} of ${of}`]),
    `queue of ${visible(queue)}`,
    ...(worker === undefined ? [] : [`with ${visible(worker)}`]),
  ].join(", ");

const named = (names: readonly string[]): string => names.map(visible).join(", ") || "none";
