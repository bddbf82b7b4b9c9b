import { setTimeout as delay } from "node:timers/promises";

import { targetKey } from "./lock-key.ts";
import type { Session } from "./session.ts";

export interface TargetLocks {
  /** Settles when nobody else works on the target, here or on any machine; the answer lets go of it. */
  hold(target: string, signal: AbortSignal): Promise<() => Promise<void>>;
}

/**
 * The wall behind the queue: a lock of the session on each target that is worked on. The queue alone lets two in when
 * one of higher priority comes between two looks, and it forgets who still cleans up.
 */
export const targetLocks = (session: Session, everyMs: number): TargetLocks => {
  // A session may hold its own lock twice: here a set says no.
  const held = new Set<string>();
  return {
    hold: async (target, signal) => {
      const key = targetKey(target);
      while (held.has(target)) await delay(everyMs, undefined, { signal });
      held.add(target);
      try {
        while (!(await session.tryLock(key, "alone"))) await delay(everyMs, undefined, { signal });
      } catch (error) {
        held.delete(target);
        throw error;
      }
      return async () => {
        await session.unlock(key, "alone").finally(() => held.delete(target));
      };
    },
  };
};
