import { setTimeout as wait } from "node:timers/promises";

import { LIMITS } from "../../workflow/limits.ts";
import type { World } from "../world.ts";
import { deliverNotices } from "./deliver-notices.ts";
import { seeStates } from "./see-states.ts";

/** Tells everybody what is due now, for `noticeFlushMs` at most; what is left waits for a Control Surface or the next run. */
export const flushNotices = async (world: World, tell: (line: string) => void): Promise<void> => {
  const signal = AbortSignal.timeout(LIMITS.noticeFlushMs);
  for (;;) {
    const { problems, isMoreDue } = await deliverNotices(world, "everybody", signal);
    problems.forEach(tell);
    if (!isMoreDue || signal.aborted) return;
  }
};

/** Notices that go out for as long as a Control Surface is there. */
export interface Noticing {
  /** Ends attempts that are under way, within `surfaceEndMs`. */
  close(): Promise<void>;
}

/** Looks into the outbox every `noticePollMs`, and at the states that nobody records after every record and now and then. */
export const keepTelling = (world: World, tell: (line: string) => void): Noticing => {
  const ending = new AbortController();
  const { signal } = ending;
  const tellOnce = onlyNews(tell);
  const look = lookNowAndThen(world);
  const telling = (async () => {
    while (!signal.aborted) {
      // A ledger that is held or a disk that is full for a moment must not end the server; it is told, and tried again.
      // What cannot be looked at keeps nothing back that is recorded.
      const looked = await problemsOf(look().then(() => []));
      const delivered = await problemsOf(deliverNotices(world, "everybody", signal).then(({ problems }) => problems));
      tellOnce([...looked, ...delivered]);
      // It rejects where the signal ends it, and for nothing else.
      await wait(LIMITS.noticePollMs, undefined, { signal }).catch(() => undefined);
    }
  })();
  return {
    close: async () => {
      ending.abort();
      await Promise.race([telling, wait(LIMITS.surfaceEndMs, undefined, { ref: false })]);
    },
  };
};

const problemsOf = (act: Promise<readonly string[]>): Promise<readonly string[]> =>
  act.catch((error: unknown) => [error instanceof Error ? error.message : String(error)]);

/** What stays wrong is told once, not every second. */
const onlyNews = (tell: (line: string) => void): ((lines: readonly string[]) => void) => {
  let before: readonly string[] = [];
  return (lines) => {
    lines.filter((line) => !before.includes(line)).forEach(tell);
    before = lines;
  };
};

/** Looking reads documents, targets and bundles: it takes its share of the time and no more. */
const lookNowAndThen = (world: World): (() => Promise<void>) => {
  let before = { size: -1, endedAt: 0, tookMs: 0 };
  return async () => {
    const { size } = (await world.store.head()).checkpoint;
    const began = performance.now();
    const rest = Math.max(before.tookMs * LIMITS.noticeLookShare, size === before.size ? LIMITS.noticeLookMs : 0);
    if (before.size >= 0 && began < before.endedAt + rest) return;
    try {
      await seeStates(world);
    } finally {
      const endedAt = performance.now();
      before = { size, endedAt, tookMs: endedAt - began };
    }
  };
};
