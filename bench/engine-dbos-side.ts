import { DBOS, DBOSClient } from "@dbos-inc/dbos-sdk";
import { Pool } from "pg";

import { ENGINE_LIMITS } from "../src/workflow/engine-limits.ts";
import { engineIn, orderOf, POLL_MS } from "./engine-place.ts";
import { median } from "./measure.ts";

// `engine-dbos-side.ts ours|plain URL`: orders of ten empty steps, and what they took as one line of JSON.
const [side = "", url = ""] = process.argv.slice(2);

const ORDERS = 200;
const AT_ONCE = 8;
const STEPS = 10;

/** How long the ten steps of each order took while nothing else ran, and all orders from the first look on. */
interface Measured {
  readonly alone: number[];
  readonly whole: number;
}

const tenSteps = async (step: (name: string) => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  for (let nth = 0; nth < STEPS; nth += 1) await step(`s${nth}`);
  return performance.now() - began;
};

const ours = async (): Promise<Measured> => {
  const engine = engineIn({ url }, "bench", AT_ONCE);
  const alone: number[] = [];
  let done = 0;
  let all = Promise.withResolvers<void>();
  let wanted = 1;
  const worker = await engine.work(async (_, { step }) => {
    const took = await tenSteps((name) => step(name, () => Promise.resolve("done")));
    if (wanted === 1) alone.push(took);
    done += 1;
    if (done === wanted) all.resolve();
  }, AT_ONCE);
  const batch = async (from: number, count: number): Promise<number> => {
    done = 0;
    wanted = count;
    all = Promise.withResolvers();
    const began = performance.now();
    for (let nth = 0; nth < count; nth += 1) await engine.start(orderOf(from + nth, count));
    await all.promise;
    return performance.now() - began;
  };
  for (let nth = 0; nth < 20; nth += 1) await batch(nth, 1);
  const whole = await batch(100, ORDERS);
  await worker.drain(0);
  await engine.close();
  return { alone, whole };
};

const plain = async (): Promise<Measured> => {
  const pool = new Pool({ connectionString: url, max: ENGINE_LIMITS.connections });
  // Connected by the pool alone: DBOS reads no address of a socket.
  const database = { systemDatabaseUrl: "postgresql://cto@localhost/cto", systemDatabasePool: pool };
  DBOS.setConfig({ name: "plain", ...database, logLevel: "error", useListenNotify: false });
  const alone: number[] = [];
  let isAlone = true;
  DBOS.registerWorkflow(
    async () => {
      const took = await tenSteps((name) => DBOS.runStep(() => Promise.resolve("done"), { name }));
      if (isAlone) alone.push(took);
    },
    { name: "order" },
  );
  await DBOS.launch();
  await DBOS.registerQueue("orders", {
    partitionConcurrency: 1,
    workerConcurrency: AT_ONCE,
    minPollingIntervalMs: POLL_MS,
  });
  const client = await DBOSClient.create({ ...database, applicationName: "plain" });
  const batch = async (from: number, count: number): Promise<number> => {
    const began = performance.now();
    const handles = [];
    for (let nth = 0; nth < count; nth += 1)
      handles.push(
        await client.enqueue({
          workflowName: "order",
          queueName: "orders",
          workflowID: `order-${from + nth}`,
          queuePartitionKey: `target-${nth}`,
        }),
      );
    await Promise.all(handles.map((handle) => handle.getResult()));
    return performance.now() - began;
  };
  for (let nth = 0; nth < 20; nth += 1) await batch(nth, 1);
  isAlone = false;
  const whole = await batch(100, ORDERS);
  await client.destroy();
  await DBOS.shutdown();
  return { alone, whole };
};

const { alone, whole } = side === "ours" ? await ours() : await plain();
process.stdout.write(`${JSON.stringify({ stepsMs: median(alone), wholeMs: whole })}\n`);
process.exit(0);
