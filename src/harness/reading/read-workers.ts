import type { QueuedOrder } from "../../seams/engine.ts";
import type { RunId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import { readAdmissions } from "../admission/read-targets.ts";
import { targetIdOf } from "../admission/target-id.ts";
import type { OrderObject, WorkersObject } from "../objects/worker.ts";
import type { World } from "../world.ts";

/** Who serves this home, as each says of itself, and what it performs now. */
export const readWorkers = async ({ engine }: World): Promise<WorkersObject> => {
  const [seen, queue] = [await engine.workers(), await engine.queue()];
  return {
    workers: seen.map(({ id, host, state, concurrency, only, offers, heardAt }) => ({
      id,
      host,
      state,
      concurrency,
      ...(only === undefined ? {} : { only }),
      ...(offers === undefined ? {} : { confinement: offers.confinement }),
      backends: offers?.backends ?? [],
      targets: offers?.targets ?? [],
      runs: queue.filter(({ worker }) => worker === id).map(({ run }) => run),
      heardAt: timeText(heardAt),
    })),
    running: queue.filter(({ status }) => status === "running").length,
    waiting: queue.filter(({ status }) => status === "queued").length,
  };
};

/** The orders of now, and where each stands among them. */
export interface Orders {
  readonly of: (run: RunId) => QueuedOrder | undefined;
  readonly seen: (run: RunId) => OrderObject | undefined;
}

export const NO_ORDERS: Orders = { of: () => undefined, seen: () => undefined };

export const readOrders = async (world: World): Promise<Orders> => {
  const queue = await world.engine.queue();
  if (queue.length === 0) return NO_ORDERS;
  const ofRun = new Map(queue.map((order) => [order.run, order]));
  const waiting = queue.filter(({ status }) => status === "queued");
  const places = new Map(waiting.map(({ run }, at) => [run, at + 1]));
  const admitted = (await readAdmissions(world)).flatMap(({ read }) => (read.ok ? [read.value] : []));
  const names = new Map<string, string>(admitted.map(({ id, path }) => [targetIdOf(path), id]));
  return {
    of: (run) => ofRun.get(run),
    seen: (run) => {
      const order = ofRun.get(run);
      if (order === undefined) return undefined;
      const queueName = names.get(order.target) ?? order.target;
      const place = places.get(run);
      return {
        state: order.status,
        queue: queueName,
        ...(place === undefined ? {} : { place, of: waiting.length }),
        ...(order.worker === undefined ? {} : { worker: order.worker }),
      };
    },
  };
};
