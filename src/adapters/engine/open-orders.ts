import type { DBOSClient } from "@dbos-inc/dbos-sdk";
import type { Pool } from "pg";

import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import { boundedLog, type BoundedLog } from "./bounded-log.ts";
import { cancelMarks, type CancelMarks } from "./cancel-marks.ts";
import { APPLICATION, NOWHERE } from "./dbos-internals.ts";
import { ensureSchema, isLaid, mustBeOf } from "./engine-schema.ts";
import { orderQueue, type OrderQueue } from "./order-queue.ts";
import { readTurns } from "./pull-orders.ts";
import { unreachable } from "./session.ts";

/** The orders of a database, for whoever orders, looks or serves. */
export interface OpenOrders {
  readonly pool: Pool;
  readonly client: DBOSClient;
  readonly queue: OrderQueue;
  readonly marks: CancelMarks;
  readonly log: BoundedLog;
  close(): Promise<void>;
}

export interface OrdersPlace {
  readonly url: string;
  /** Under this name the database shows the connections. */
  readonly worker: string;
  readonly protocol: number;
  /** Whose orders these are: a database keeps those of one home. */
  readonly home: string;
  readonly connectMs: number;
  /** Whoever only looks lays nothing. */
  readonly use: "work" | "look";
}

/** What whoever only looks is told of a database in which nobody has ordered yet. */
export const NOTHING_LAID: Failure = new Failure("engine/unreachable", "Nobody has ordered here yet.");

/** Connects, and lays the tables where they are missing; Failure `engine/unreachable`. DBOS and pg are loaded here first. */
export const openOrders = async ({ url, worker, protocol, home, connectMs, use }: OrdersPlace): Promise<OpenOrders> => {
  const log = boundedLog();
  const [{ Pool }, { DBOSClient }] = await Promise.all([import("pg"), import("@dbos-inc/dbos-sdk")]);
  const pool = new Pool({
    connectionString: url,
    application_name: `cto ${worker}`,
    max: ENGINE_LIMITS.connections,
    connectionTimeoutMillis: connectMs,
    idle_in_transaction_session_timeout: 60_000,
  });
  // What breaks a connection comes out of the next question; an event that nobody hears would end the process.
  pool.on("error", (error) => log.warn(error));
  pool.on("connect", (client) => client.on("error", (error) => log.warn(error)));
  try {
    if (use === "work") await ensureSchema(pool, log, home);
    else if (await isLaid(pool)) await mustBeOf(pool, home);
    else throw NOTHING_LAID;
  } catch (error) {
    await pool.end();
    if (error instanceof Failure) throw error;
    throw unreachable(error);
  }
  const client = await DBOSClient.create({
    systemDatabaseUrl: NOWHERE,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: "dbos",
    applicationName: APPLICATION,
    logger: log,
  });
  const marks = cancelMarks(pool);
  const queue = orderQueue(client, marks, protocol, () => readTurns(pool));
  return {
    pool,
    client,
    queue,
    marks,
    log,
    close: async () => {
      await client.destroy();
      await pool.end();
    },
  };
};
