import type { Pool, PoolClient } from "pg";

import type { OrderLimits } from "../../seams/engine.ts";
import { heldOrders, isWaiting, moveInto, oldestWaiting } from "./dbos-internals.ts";
import { inTurn, type Turns } from "./in-turn.ts";
import { turnsKey } from "./lock-key.ts";
import { ownQueueOf, queueOf } from "./order-id.ts";

export interface Pull {
  readonly worker: string;
  readonly site: string;
  readonly protocol: number;
  readonly concurrency: number;
  readonly limits: () => OrderLimits;
  /** Ids of the orders that alone are pulled; all of the site where it is left out. */
  readonly only?: readonly string[];
}

/**
 * Moves the orders whose turn it is into the worker's own queue, as many as it has places and as there may run: one worker
 * after the other, so that none counts what another one is just taking. What it has moved counts as running from then on,
 * and goes back with everything else where the worker dies. Answers how many were moved.
 */
export const pullOrders = async (pool: Pool, pull: Pull): Promise<number> => {
  // Most looks find nothing: one question is enough for that.
  if (!(await isWaiting(pool, queueOf(pull.site), pull.only))) return 0;
  const client = await pool.connect();
  try {
    await client.query("begin");
    const { rows } = await client.query<{ locked: boolean }>("select pg_try_advisory_xact_lock($1::bigint) as locked", [
      turnsKey,
    ]);
    const moved = rows[0]?.locked === true ? await pullHeld(client, pull) : 0;
    await client.query("commit");
    return moved;
  } catch (error) {
    await client.query("rollback").catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
};

const pullHeld = async (client: PoolClient, pull: Pull): Promise<number> => {
  const { worker, site, protocol, concurrency, limits, only } = pull;
  const held = await heldOrders(client);
  const { atOnce, atOncePerOwner } = limits();
  const places = Math.min(concurrency - held.filter((one) => one.worker === worker).length, atOnce - held.length);
  if (places <= 0) return 0;
  const busy = new Set(held.map(({ target }) => target));
  const waiting = await oldestWaiting(client, queueOf(site), protocol, [...busy], only);
  const taken = [];
  for (const order of inTurn(waiting, held, await readTurns(client), atOncePerOwner)) {
    // Of one target it may be another owner's that was taken.
    if (busy.has(order.target)) continue;
    busy.add(order.target);
    taken.push(order);
    if (taken.length === places) break;
  }
  if (taken.length === 0) return 0;
  await moveInto(
    client,
    taken.map(({ id }) => id),
    ownQueueOf(site, worker),
  );
  for (const { owner, target } of taken) await keepTurns(client, owner, target);
  return taken.length;
};

export const readTurns = async (client: Pick<Pool, "query">): Promise<Turns> => {
  const { rows } = await client.query<{ what: string; name: string; no: string }>(
    "select what, name, no::text as no from cto_engine.turns",
  );
  const of = (kind: string): ReadonlyMap<string, number> =>
    new Map(rows.filter(({ what }) => what === kind).map(({ name, no }) => [name, Number(no)]));
  return { owners: of("owner"), targets: of("target") };
};

const keepTurns = async (client: PoolClient, owner: string, target: string): Promise<void> => {
  await client.query(
    `insert into cto_engine.turns
     select what, name, (select coalesce(max(no), 0) + 1 from cto_engine.turns)
     from (values ('owner', $1), ('target', $2)) as taken (what, name)
     on conflict (what, name) do update set no = excluded.no`,
    [owner, target],
  );
};
