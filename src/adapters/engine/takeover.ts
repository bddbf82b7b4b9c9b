import { heldElsewhere, moveBack, putBack } from "./dbos-internals.ts";
import { workerKey } from "./lock-key.ts";
import type { OrderQueue } from "./order-queue.ts";
import type { Session } from "./session.ts";

export interface Takeover {
  readonly session: Session;
  readonly worker: string;
  readonly protocol: number;
  readonly queue: OrderQueue;
}

/**
 * Puts back what dead workers held: each holds a lock for as long as it lives, so whoever gets that lock has proven the
 * death. Answers how many orders are in a queue again.
 */
export const takeOver = async ({ session, worker, protocol, queue }: Takeover): Promise<number> => {
  let back = 0;
  for (const held of await heldElsewhere(session, worker)) {
    const key = workerKey(held.worker);
    if (!(await session.tryLock(key, "alone"))) continue;
    try {
      if (held.version === String(protocol))
        back += (await putBack(held.worker)) + (await moveBack(session, held.worker));
      else back += await queue.orderAgain(held.worker);
    } finally {
      await session.unlock(key, "alone");
    }
  }
  return back;
};
