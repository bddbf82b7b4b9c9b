import type { Pool } from "pg";

import type { BoundedLog } from "./bounded-log.ts";
import type { Turning } from "./in-turn.ts";
import { OWN } from "./order-id.ts";
import type { Session } from "./session.ts";

// What is used of DBOS beyond its public interface, all of it in this file and held to the installed version by a
// test: how it lays its tables without talking on the terminal, two calls of its executor, and ten columns of one
// table. Without the calls a worker that never returns keeps its orders; one that is started again under its old id
// still gets them back, by DBOS alone.

/** The name under which the Harness shares a database with other applications of DBOS. */
export const APPLICATION = "cto";

/** DBOS wants a url even where it is given a pool and connects by that alone. */
export const NOWHERE = "postgresql://cto@localhost/cto";

interface Executor {
  recoverPendingWorkflows(executors: string[]): Promise<readonly unknown[]>;
  deactivateEventReceivers(): Promise<void>;
}

const executor = async (): Promise<Executor> => {
  const { DBOSExecutor } = await import("@dbos-inc/dbos-sdk/internal/dbos-executor");
  const { globalInstance } = DBOSExecutor;
  if (globalInstance === undefined) throw new TypeError("DBOS has not been launched.");
  return globalInstance;
};

/** Lays the tables of DBOS, or brings older ones up to date. */
export const layTables = async (pool: Pool, log: BoundedLog): Promise<void> => {
  const [{ ensureSystemDatabase }, { GlobalLogger }] = await Promise.all([
    import("@dbos-inc/dbos-sdk/internal/system_database"),
    import("@dbos-inc/dbos-sdk/internal/telemetry/logs"),
  ]);
  await ensureSystemDatabase(NOWHERE, new GlobalLogger(undefined, { logger: log }), pool, "dbos", false);
};

/** Puts back into its queue what an executor of our version had begun; answers how many orders that were. */
export const putBack = async (executorId: string): Promise<number> => {
  const orders = await (await executor()).recoverPendingWorkflows([executorId]);
  return orders.length;
};

/** From when it settles nothing more is taken here; what runs goes on. */
export const takeNothingMore = async (): Promise<void> => (await executor()).deactivateEventReceivers();

export interface HeldElsewhere {
  readonly worker: string;
  readonly version: string;
}

/** Who else has begun orders that have not ended, or keeps them in a queue of its own; alive or not. */
export const heldElsewhere = async (session: Session, self: string): Promise<readonly HeldElsewhere[]> =>
  session.ask<HeldElsewhere>(
    `select executor_id as worker, application_version as version from dbos.workflow_status
     where status = 'PENDING' and application_name = $2 and executor_id <> $1
     union
     select split_part(queue_name, $3, 2) as worker, application_version as version from dbos.workflow_status
     where status = 'ENQUEUED' and application_name = $2 and split_part(queue_name, $3, 2) not in ('', $1)`,
    [self, APPLICATION, OWN],
  );

/** An order that runs, or that a worker has taken and begins next. */
export interface HeldOrder extends Turning {
  readonly worker: string;
}

export const heldOrders = async (client: Pick<Pool, "query">): Promise<readonly HeldOrder[]> => {
  const { rows } = await client.query<HeldOrder>(
    `select coalesce(authenticated_user, '') as owner, coalesce(queue_partition_key, '') as target, priority,
       case status when 'PENDING' then executor_id else split_part(queue_name, $2, 2) end as worker
     from dbos.workflow_status
     where application_name = $1 and (status = 'PENDING' or (status = 'ENQUEUED' and position($2 in queue_name) > 0))`,
    [APPLICATION, OWN],
  );
  return rows;
};

export interface WaitingOrder extends Turning {
  readonly id: string;
}

/** Whether anything waits in a queue, or under one of some ids. */
export const isWaiting = async (
  client: Pick<Pool, "query">,
  queue: string,
  only?: readonly string[],
): Promise<boolean> => {
  const which = only === undefined ? "queue_name = $1" : "workflow_uuid = any($1)";
  const { rows } = await client.query(
    `select 1 from dbos.workflow_status where status = 'ENQUEUED' and ${which} limit 1`,
    [only ?? queue],
  );
  return rows.length > 0;
};

/**
 * Of each owner and target the oldest order that waits in a queue, or in whatever queue under one of some ids; those of
 * busy targets are left out. Oldest first.
 */
export const oldestWaiting = async (
  client: Pick<Pool, "query">,
  queue: string,
  protocol: number,
  busy: readonly string[],
  only?: readonly string[],
): Promise<readonly WaitingOrder[]> => {
  const { rows } = await client.query<WaitingOrder>(
    `select id, owner, target, priority from (
       select distinct on (priority, authenticated_user, queue_partition_key) workflow_uuid as id,
         coalesce(authenticated_user, '') as owner, coalesce(queue_partition_key, '') as target, priority, created_at
       from dbos.workflow_status
       where status = 'ENQUEUED' and application_name = $1 and application_version = $3
         and (queue_name = $2 or ($5::text[] is not null and position($6 in queue_name) = 0))
         and ($5::text[] is null or workflow_uuid = any($5)) and not (queue_partition_key = any($4))
       order by priority, authenticated_user, queue_partition_key, created_at, workflow_uuid) as oldest
     order by created_at, id`,
    [APPLICATION, queue, String(protocol), busy, only ?? null, OWN],
  );
  return rows;
};

/** Moves what waits under these ids into a worker's own queue. */
export const moveInto = async (
  client: Pick<Pool, "query">,
  workflowIds: readonly string[],
  to: string,
): Promise<void> => {
  await client.query(
    `update dbos.workflow_status set queue_name = $2
     where status = 'ENQUEUED' and workflow_uuid = any($1) and position($3 in queue_name) = 0`,
    [workflowIds, to, OWN],
  );
};

/** Moves what waits in a worker's own queue back into that of its site. */
export const moveBack = async (session: Session, worker: string): Promise<number> => {
  const rows = await session.ask(
    `update dbos.workflow_status set queue_name = split_part(queue_name, $2, 1)
     where status = 'ENQUEUED' and application_name = $3 and split_part(queue_name, $2, 2) = $1 returning 1 as moved`,
    [worker, OWN, APPLICATION],
  );
  return rows.length;
};

/** Ids of the orders that an executor has begun and not ended. */
export const begunBy = async (session: Session, executorId: string): Promise<readonly string[]> => {
  const rows = await session.ask<{ id: string }>(
    `select workflow_uuid as id from dbos.workflow_status
     where status = 'PENDING' and executor_id = $1 and application_name = $2`,
    [executorId, APPLICATION],
  );
  return rows.map(({ id }) => id);
};
