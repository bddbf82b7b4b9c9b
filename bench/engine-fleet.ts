import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import path from "node:path";

import { freshDatabase, POSTGRES } from "../test/postgres.ts";
import { engineIn, inFolder, orderOf, POLL_MS, type Place } from "./engine-place.ts";
import { note, unable } from "./measure.ts";

const ORDERS = 400;
const TARGETS = 100;

/** How many orders a second get done over 100 targets by 1, 2 and 4 workers of eight at a time each, empty ones and longer ones. */
export const fleetBench = async (): Promise<boolean> => {
  await inFolder((folder) => tableOf("local engine", () => Promise.resolve({ folder: path.join(folder, nextName()) })));
  note(
    "what bounds the local engine: empty orders by the one writer of its file, longer ones by eight places a worker",
  );
  if (POSTGRES === undefined) {
    unable("the fleet on DBOS, there is no PostgreSQL here: script/bootstrap --tests");
    return true;
  }
  await tableOf("DBOS", async () => ({ url: (await freshDatabase()).url }));
  note(
    `what bounds DBOS: empty orders by two looks every ${POLL_MS} ms, one that takes turns and one that begins, and its transactions; longer ones by eight places a worker`,
  );
  return true;
};

let names = 0;
const nextName = (): string => String((names += 1));

const tableOf = async (name: string, placeOf: () => Promise<Place>): Promise<void> => {
  for (const ms of [0, 200]) {
    const perSecond = new Map<number, number>();
    for (const workers of [1, 2, 4]) perSecond.set(workers, await throughputOf(await placeOf(), workers, ms));
    const [one = 1] = perSecond.values();
    for (const [workers, found] of perSecond)
      note(
        `${name}, ${workers} ${workers === 1 ? "worker" : "workers"}, ${ORDERS} orders of ${ms} ms over ${TARGETS} targets: ${found.toFixed(0)} a second, ${(found / one).toFixed(2)}x of one`,
      );
  }
};

const throughputOf = async (place: Place, workers: number, ms: number): Promise<number> => {
  if ("folder" in place) await mkdir(place.folder, { recursive: true });
  const engine = engineIn(place, "orders");
  // All of them wait before anybody serves: what is measured is how they are taken.
  for (let nth = 0; nth < ORDERS; nth += 1) await engine.start(orderOf(nth, TARGETS));
  const began = performance.now();
  const fleet = await Promise.all(Array.from({ length: workers }, (_, nth) => startWorker(place, `w${nth}`, ms)));
  const serving = performance.now();
  const before = ORDERS - (await engine.queue()).length;
  while ((await engine.queue()).length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const seconds = (performance.now() - serving) / 1_000;
  await Promise.all(fleet.map(endOf));
  await engine.close();
  // What was done before the last of them served is not counted.
  return before === ORDERS ? ORDERS / ((performance.now() - began) / 1_000) : (ORDERS - before) / seconds;
};

/** Settles when it serves, so that starting Node is not measured. */
const startWorker = async (place: Place, name: string, ms: number): Promise<ChildProcess> => {
  const program = path.join(import.meta.dirname, "engine-worker.ts");
  const child = spawn(process.execPath, [program, JSON.stringify(place), name, String(ms)], {
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
