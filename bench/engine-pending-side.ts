import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { relayOrders } from "../src/harness/orders/relay-orders.ts";
import type { World } from "../src/harness/world.ts";
import { admit, approveBy, makeGround, openSwitches, type Ground } from "../test/journeys/ground.ts";

// `engine-pending-side.ts N`: a home in which N work items wait for approval, and what that costs, as one line of JSON.

export const LOOKS = 50;
const IDLE_MS = 4_000;

export interface Seen {
  /** From the owner's yes until a worker has begun the run. */
  readonly approveMs: number;
  /** Looks of a worker into the ledger. */
  readonly looksMs: number;
  /** Parts of one core that a worker takes which has nothing to do. */
  readonly idle: number;
  readonly rss: number;
}

const seenWith = async (pending: number): Promise<Seen> => {
  const ground = await makeGround();
  try {
    await ground.edit(
      ".sot/authority/policy.yaml",
      "schema: cto/policy/v1",
      "schema: cto/policy/v1\norders:\n  execute: on-approval",
    );
    await listWorks(ground, pending);
    await admitted(ground);
    const world = await ground.open(openSwitches("scripted"));
    try {
      const begun = Promise.withResolvers<void>();
      const worker = await world.engine.work(() => Promise.resolve(begun.resolve()), 1);
      const idle = await idleOf(world);
      const before = performance.now();
      const refused = await approveBy(world, ground);
      if (refused.length > 0) throw new Error(refused.join(", "));
      await relayOrders(world);
      await begun.promise;
      const approveMs = performance.now() - before;
      await worker.drain(0);
      const looking = performance.now();
      for (let look = 0; look < LOOKS; look += 1) await relayOrders(world);
      return { approveMs, looksMs: performance.now() - looking, idle, rss: process.memoryUsage().rss };
    } finally {
      await world.store.close();
    }
  } finally {
    await ground.close();
  }
};

/** Before the world is opened whose worker serves it: what that may open is read then. */
const admitted = async (ground: Ground): Promise<void> => {
  const world = await ground.open();
  await admit(world, ground);
  await world.store.close();
};

/** A worker that looks twice a second, as `cto worker` does. */
const idleOf = async (world: World): Promise<number> => {
  const before = process.cpuUsage();
  const began = performance.now();
  while (performance.now() - began < IDLE_MS) {
    await relayOrders(world);
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000 / (performance.now() - began);
};

// What filling a home leaves in memory is none of what is measured.
const listWorks = async (ground: Ground, pending: number): Promise<void> => {
  const program = path.join(import.meta.dirname, "engine-pending-fill.ts");
  await promisify(execFile)(process.execPath, [program, ground.home, String(pending)]);
};

const [pending] = process.argv.slice(2);
if (pending !== undefined && import.meta.main)
  process.stdout.write(`${JSON.stringify(await seenWith(Number(pending)))}\n`);
