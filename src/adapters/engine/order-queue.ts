import type { DBOSClient } from "@dbos-inc/dbos-sdk";

import type { OrderKind, OrderStatus, QueuedOrder, RunOrder } from "../../seams/engine.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { CancelMarks } from "./cancel-marks.ts";
import { inTurn, type Turns } from "./in-turn.ts";
import { orderId, ownQueueOf, queueOf, workflowIds } from "./order-id.ts";
import { readOrder } from "./read-order.ts";

/** Orders as DBOS keeps them, by its public interface alone: no worker is needed to order, to cancel or to look. */
export interface OrderQueue {
  start(order: RunOrder): Promise<void>;
  cancel(run: RunId, kind: OrderKind): Promise<void>;
  status(run: RunId, kind: OrderKind): Promise<OrderStatus>;
  list(): Promise<readonly QueuedOrder[]>;
  /** Whether orders of our protocol wait at a site, or have begun under this worker; of one run, if it is named. */
  hasFor(site: string, worker: string, only?: RunId): Promise<boolean>;
  /** How often an order was taken, under the id that DBOS has for it. */
  claims(workflowId: string): Promise<number>;
  /** Orders anew what an older protocol left in a queue, or what a dead worker of it had begun; answers how many. */
  orderAgain(begunBy?: string): Promise<number>;
}

export const WORKFLOW = "order";

type Row = Awaited<ReturnType<DBOSClient["listWorkflows"]>>[number];

/** What may be ordered again. */
const ENDED_EARLY: ReadonlySet<string> = new Set(["failed", "cancelled"]);

export const orderQueue = (
  client: DBOSClient,
  marks: CancelMarks,
  protocol: number,
  turns: () => Promise<Turns>,
): OrderQueue => {
  const enqueue = async (order: RunOrder, workflowID: string): Promise<void> => {
    const { run, kind, work, target, site, priority, owner } = order;
    await client.enqueue(
      {
        workflowName: WORKFLOW,
        workflowID,
        queueName: queueOf(site),
        queuePartitionKey: target,
        priority,
        appVersion: String(protocol),
        authenticatedUser: owner,
      },
      { run, kind, work, target, site, priority, owner } satisfies RunOrder,
    );
  };

  const newest = async (run: RunId, kind: OrderKind): Promise<Row | undefined> => {
    const ids = workflowIds(orderId(run, kind), protocol);
    const rows = await client.listWorkflows({ workflowIDs: [...ids], loadInput: false });
    return ids.flatMap((id) => rows.filter(({ workflowID }) => workflowID === id))[0];
  };

  const unended = (beside: Partial<Parameters<DBOSClient["listWorkflows"]>[0]> = {}): Promise<Row[]> =>
    client.listWorkflows({ workflowName: WORKFLOW, status: ["ENQUEUED", "PENDING"], ...beside });

  return {
    start: async (order) => {
      const id = orderId(order.run, order.kind);
      await enqueue(order, id);
      const row = await newest(order.run, order.kind);
      if (row === undefined || !ENDED_EARLY.has(statusOf(row, false))) return;
      await marks.remove(id);
      await client
        .rewindWorkflow(row.workflowID, {
          queueName: queueOf(order.site),
          queuePartitionKey: order.target,
          applicationVersion: String(protocol),
        })
        .catch(async (error: unknown) => {
          // Somebody else has just done so.
          if (ENDED_EARLY.has(statusOf((await newest(order.run, order.kind)) ?? row, false))) throw error;
        });
    },
    cancel: async (run, kind) => {
      const row = await newest(run, kind);
      if (row?.status === "ENQUEUED" || row?.status === "PENDING") await marks.set(orderId(run, kind));
    },
    status: async (run, kind) => {
      const row = await newest(run, kind);
      if (row === undefined) return "unknown";
      const id = orderId(run, kind);
      return statusOf(row, (await marks.among([id])).has(id));
    },
    list: async () => {
      const rows = await unended();
      const marked = await marks.among(rows.map(({ input }) => orderIdOf(readOrder(input))));
      const orders = rows
        .filter((row) => row.status === "PENDING" || !marked.has(orderIdOf(readOrder(row.input))))
        .toSorted(byAge)
        .map((row): QueuedOrder => ({
          ...readOrder(row.input),
          ...(row.status === "PENDING"
            ? { status: "running", ...(row.executorId === undefined ? {} : { worker: row.executorId }) }
            : { status: "queued" }),
        }));
      const running = orders.filter(({ status }) => status === "running");
      const waiting = orders.filter(({ status }) => status === "queued");
      return [...running, ...inTurn(waiting, running, await turns())];
    },
    hasFor: async (site, worker, only) => {
      const which =
        only === undefined
          ? { queueName: [queueOf(site), ownQueueOf(site, worker)] }
          : { workflowIDs: [...idsOf(only, protocol)] };
      const rows = await unended({ ...which, loadInput: false, applicationVersion: String(protocol) });
      return rows.some(({ status, executorId }) => status === "ENQUEUED" || executorId === worker);
    },
    claims: async (workflowId) => (await client.getWorkflow(workflowId))?.recoveryAttempts ?? 0,
    orderAgain: async (begunBy) => {
      const old = (await unended()).filter(
        ({ status, executorId, applicationVersion }) =>
          Number(applicationVersion) < protocol &&
          (begunBy === undefined ? status === "ENQUEUED" : status === "PENDING" && executorId === begunBy),
      );
      for (const { workflowID, input } of old) {
        const order = readOrder(input);
        // First the new one: whoever dies in between leaves both, and the next look goes on here.
        await enqueue(order, `${orderIdOf(order)}/${protocol}`);
        await client.cancelWorkflow(workflowID);
      }
      return old.length;
    },
  };
};

/** All ids that orders of a run may have. */
export const idsOf = (run: RunId, protocol: number): readonly string[] =>
  KINDS.flatMap((kind) => workflowIds(orderId(run, kind), protocol));

const KINDS: readonly OrderKind[] = ["execute", "finalize", "rollback"];

const orderIdOf = ({ run, kind }: RunOrder): string => orderId(run, kind);

const byAge = (a: Row, b: Row): number => a.createdAt - b.createdAt || (a.workflowID < b.workflowID ? -1 : 1);

const statusOf = (row: Row, isCancelled: boolean): OrderStatus => {
  switch (row.status) {
    case "ENQUEUED":
    case "DELAYED":
      return isCancelled && (row.recoveryAttempts ?? 0) === 0 ? "cancelled" : "queued";
    case "PENDING":
      return "running";
    case "SUCCESS":
      return row.output === "cancelled" ? "cancelled" : "done";
    case "CANCELLED":
      return "cancelled";
    case "ERROR":
    case "MAX_RECOVERY_ATTEMPTS_EXCEEDED":
      return "failed";
  }
  throw new TypeError(`DBOS knows a status ${row.status} that this build does not.`);
};
