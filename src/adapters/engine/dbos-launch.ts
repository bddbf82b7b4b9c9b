import type { Pool } from "pg";

import type { RunOrder } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import type { BoundedLog } from "./bounded-log.ts";
import { APPLICATION, NOWHERE } from "./dbos-internals.ts";
import type { Outcome } from "./dbos-performer.ts";
import { orderId, workflowIds } from "./order-id.ts";
import { WORKFLOW } from "./order-queue.ts";
import { readOrder } from "./read-order.ts";

export interface Launch {
  readonly worker: string;
  readonly queueName: string;
  readonly protocol: number;
  readonly pool: Pool;
  readonly log: BoundedLog;
}

/** Starts DBOS in this process for the orders of one site. At once it puts back what this worker's id had begun before. */
export const launchDbos = async (
  { worker, queueName, protocol, pool, log }: Launch,
  perform: (order: RunOrder, workflowId: string) => Promise<Outcome>,
): Promise<void> => {
  const { DBOS } = await import("@dbos-inc/dbos-sdk");
  if (DBOS.isInitialized())
    throw new Failure(
      "engine/serves-already",
      "On a server one process serves one environment; this one serves already.",
    );
  DBOS.setConfig({
    name: APPLICATION,
    systemDatabaseUrl: NOWHERE,
    systemDatabasePool: pool,
    systemDatabaseSchemaName: "dbos",
    executorID: worker,
    // Our protocol, not a digest of the source: it rises when the steps of an order change.
    applicationVersion: String(protocol),
    listenQueues: [queueName],
    runMigrations: false,
    useListenNotify: false,
    logger: log,
  });
  DBOS.registerWorkflow(
    async (input: RunOrder): Promise<Outcome> => {
      const id = DBOS.workflowID;
      if (id === undefined) throw new TypeError("A workflow without an id.");
      // Whoever has access to the database writes there what he likes, and one run under many ids.
      const order = readOrder([input]);
      if (!workflowIds(orderId(order.run, order.kind), protocol).includes(id))
        throw new Failure("engine/unreadable", `The engine's database holds ${order.run} under another id.`);
      return perform(order, id);
    },
    { name: WORKFLOW, maxRecoveryAttempts: ENGINE_LIMITS.beginningsMax },
  );
  try {
    await DBOS.launch();
  } catch (error) {
    await DBOS.shutdown({ deregister: true }).catch(() => undefined);
    throw error;
  }
};
