import { setTimeout as delay } from "node:timers/promises";

import type { DBOSClient } from "@dbos-inc/dbos-sdk";

import { Failure } from "../../workflow/failure.ts";
import { siteKey } from "./lock-key.ts";
import { queueOf } from "./order-id.ts";
import type { Session } from "./session.ts";

export interface QueueSettings {
  readonly concurrency: number;
  readonly pollMs: number;
}

/** Says a queue's settings: one order of a target at a time, so many here. Only where no other worker may say others. */
export const openQueue = async (
  client: DBOSClient,
  queueName: string,
  { concurrency, pollMs }: QueueSettings,
): Promise<void> => {
  await client.registerQueue(queueName, {
    partitionConcurrency: 1,
    workerConcurrency: concurrency,
    minPollingIntervalMs: pollMs,
  });
};

/**
 * The queue of a site. Its settings lie in the database and the last one who registers wins, for all its workers: so the
 * first worker of a site says how many orders each of them performs at once, and one that says otherwise does not serve.
 */
export const joinSite = async (
  session: Session,
  client: DBOSClient,
  site: string,
  settings: QueueSettings,
): Promise<void> => {
  const { concurrency } = settings;
  const key = siteKey(site);
  for (let tries = 0; tries < 100; tries += 1) {
    if (await session.tryLock(key, "alone")) {
      await openQueue(client, queueOf(site), settings);
      await session.tryLock(key, "shared");
      await session.unlock(key, "alone");
      return;
    }
    if (await session.tryLock(key, "shared")) {
      const queue = await client.retrieveQueue(queueOf(site));
      if (queue?.workerConcurrency === concurrency) return;
      throw new Failure(
        "engine/another-concurrency",
        `Workers of site ${site} perform ${queue?.workerConcurrency ?? "no"} orders at once, this one would perform ${concurrency}.`,
      );
    }
    await delay(50);
  }
  throw new Failure("engine/unreachable", `Another worker has been joining site ${site} for 5 seconds.`, {
    retry: true,
  });
};
