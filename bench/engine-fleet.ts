import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

import { engineIn, inFolder, orderOf } from "./engine-place.ts";

const ORDERS = 400;
const TARGETS = 100;
const ORDER_MS = 200;

/** How many empty orders a second get done over 100 targets by 1, 2 and 4 workers of eight at a time each. */
export const fleetBench = async (): Promise<boolean> => {
  const perSecond = new Map<number, number>();
  for (const workers of [1, 2, 4]) perSecond.set(workers, await throughputOf(workers));
  const [one = 1] = perSecond.values();
  for (const [workers, found] of perSecond)
    process.stdout.write(
      `${workers} workers, ${ORDERS} orders of ${ORDER_MS} ms over ${TARGETS} targets: ${found.toFixed(0)} a second, ${(found / one).toFixed(2)}x of one\n`,
    );
  process.stdout.write(
    "what bounds it: eight places a worker, one order of a target at a time, one writer of the file of orders\n",
  );
  return true;
};

const throughputOf = (workers: number): Promise<number> =>
  inFolder(async (folder) => {
    const engine = engineIn(folder, "orders");
    const fleet = await Promise.all(Array.from({ length: workers }, (_, nth) => startWorker(folder, `w${nth}`)));
    const began = performance.now();
    for (let nth = 0; nth < ORDERS; nth += 1) await engine.start(orderOf(nth, TARGETS));
    while ((await engine.queue()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    const seconds = (performance.now() - began) / 1_000;
    await Promise.all(fleet.map(endOf));
    await engine.close();
    return ORDERS / seconds;
  });

/** Settles when it serves, so that starting Node is not measured. */
const startWorker = async (folder: string, name: string): Promise<ChildProcess> => {
  const program = path.join(import.meta.dirname, "engine-worker.ts");
  const child = spawn(process.execPath, [program, folder, name, String(ORDER_MS)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  return child;
};

const endOf = async (child: ChildProcess): Promise<void> => {
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
};
