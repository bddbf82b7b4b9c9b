import { setTimeout as delay } from "node:timers/promises";

import { Failure } from "../../workflow/failure.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { workerKey } from "./lock-key.ts";
import type { Session } from "./session.ts";

/** A worker whose clock differs would open and close gates at other times than the rest. */
export const refuseSkew = async (session: Session, wallMs: () => number): Promise<void> => {
  const before = wallMs();
  const [row] = await session.ask<{ ms: string }>("select (extract(epoch from clock_timestamp()) * 1000)::text as ms");
  const skew = Number(row?.ms) - (before + wallMs()) / 2;
  if (!(Math.abs(skew) <= LIMITS.clockSkewMaxMs))
    throw new Failure("engine/clock-skew", `This machine's clock is ${Math.round(-skew)} ms off the database's.`);
};

/** Before anything is put back: a living twin's orders stay where they are. */
export const claimId = async (session: Session, worker: string, waitMs: number): Promise<void> => {
  for (let waited = 0; waited <= waitMs; waited += 50) {
    if (await session.tryLock(workerKey(worker), "alone")) return;
    await delay(50);
  }
  throw new Failure("engine/worker-id-in-use", `A living worker has the id ${worker}.`);
};
