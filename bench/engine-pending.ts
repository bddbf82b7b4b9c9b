import { relayOrders } from "../src/harness/relay-orders.ts";
import { workId } from "../src/workflow/ids.ts";
import { makeGround, type Ground } from "../test/journeys/ground.ts";
import { count, ratio } from "./measure.ts";

const PENDING = 10_000;
const LOOKS = 50;

/** What a worker's look into the ledger costs with 10,000 work items that wait for approval, against none. */
export const pendingBench = async (): Promise<boolean> => {
  const ground = await makeGround();
  await ground.edit(
    ".sot/authority/policy.yaml",
    "schema: cto/policy/v1",
    "schema: cto/policy/v1\norders:\n  execute: on-approval",
  );
  try {
    const none = await lookOf(ground);
    await listWorks(ground);
    const many = await lookOf(ground);
    return [
      ratio(`${LOOKS} looks with ${PENDING} work items that wait, against none`, many.ms, none.ms, 2),
      count(`memory of the process with ${PENDING} that wait`, many.rss / none.rss, 1.3, "x of that with none"),
    ].every(Boolean);
  } finally {
    await ground.close();
  }
};

const lookOf = async (ground: Ground): Promise<{ readonly ms: number; readonly rss: number }> => {
  const world = await ground.open();
  try {
    await relayOrders(world);
    const began = performance.now();
    for (let look = 0; look < LOOKS; look += 1) await relayOrders(world);
    return { ms: performance.now() - began, rss: process.memoryUsage().rss };
  } finally {
    await world.store.close();
  }
};

const listWorks = async (ground: Ground): Promise<void> => {
  const world = await ground.open();
  try {
    await world.store.transact(async (ledger) => {
      for (let nth = 0; nth < PENDING; nth += 1) {
        const work = workId(`CTO-WORK-${String(nth + 1_000).padStart(5, "0")}`);
        if (work === undefined) throw new Error("no work id");
        await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
      }
    });
  } finally {
    await world.store.close();
  }
};
