import type { Store } from "../seams/store.ts";
import { LIMITS } from "../workflow/limits.ts";

/** Looks where the ledger stands, once for all who wait, and only while somebody does. */
export interface Newest {
  /** Number of the newest record. */
  readonly now: () => Promise<number>;
  /** Until there is a record beyond `after`, the time is over or the signal came. */
  readonly beyond: (after: number, timeoutMs: number, signal: AbortSignal) => Promise<void>;
}

export const newestOf = (store: Pick<Store, "head">): Newest => {
  const now = async (): Promise<number> => (await store.head()).checkpoint.size;
  const waiting = new Map<() => void, number>();
  let timer: NodeJS.Timeout | undefined;
  const look = async (): Promise<void> => {
    // A ledger that is held or broken for a moment wakes whoever waits: he meets it himself, and it ends his stream.
    const size = await now().catch(() => Infinity);
    for (const [wake, after] of waiting) if (size > after) wake();
    timer = waiting.size === 0 ? undefined : setTimeout(() => void look(), LIMITS.surfacePollMs);
  };
  return {
    now,
    beyond: (after, timeoutMs, signal) =>
      new Promise((resolve) => {
        const wake = (): void => {
          clearTimeout(over);
          signal.removeEventListener("abort", wake);
          waiting.delete(wake);
          resolve();
        };
        const over = setTimeout(wake, timeoutMs);
        waiting.set(wake, after);
        signal.addEventListener("abort", wake);
        if (signal.aborted) wake();
        else timer ??= setTimeout(() => void look(), 0);
      }),
  };
};
