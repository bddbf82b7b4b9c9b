import type { OrderKind } from "../../seams/engine.ts";
import type { RunId } from "../../workflow/ids.ts";

/** What an order is known by; a cancel names it so, whatever protocol it was begun under. */
export const orderId = (run: RunId, kind: OrderKind): string => `${kind}/${run}`;

/** Its ids in DBOS, the newest first: one that an older protocol left behind was ordered again under a name of its own. */
export const workflowIds = (order: string, protocol: number): readonly string[] => [
  ...Array.from({ length: protocol - 1 }, (_, before) => `${order}/${protocol - before}`),
  order,
];

export const queueOf = (site: string): string => `site-${site}`;

/** Where a worker puts the orders of the one run that it is there for, so that no other one takes them. */
export const ownQueueOf = (site: string, worker: string): string => `${queueOf(site)}${OWN}${worker}`;

export const OWN = "/only/";
