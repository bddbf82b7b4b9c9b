import type { SeenAttempt } from "./attempts.ts";

/** Most that gets a place of its own, so that no flood of tries hides another one or fills a ledger. */
export interface AttemptBounds {
  readonly runMax: number;
  readonly secondMax: number;
}

/** What becomes of one more attempt: an event of its own, one more of one that was told, or only a number. */
type Place = "new" | "again" | "over";

/** Attempts of one run, in order. Nothing that was taken once can be taken back. */
export interface AttemptCount {
  take(attempt: SeenAttempt, atMs: number): Place;
  /** What came again, and how much more often; and how many have no event at all. */
  rest(): { readonly again: readonly (readonly [attempt: SeenAttempt, more: number])[]; readonly over: number };
}

/**
 * Equal ones count as one. The first try at each of the ten actions has its place whatever came before it, so that
 * what is told of an action is true after any flood.
 */
export const countAttempts = (bounds: AttemptBounds): AttemptCount => {
  const told = new Map<string, { readonly attempt: SeenAttempt; more: number }>();
  const actions = new Set<string>();
  let second = 0;
  let inSecond = 0;
  let over = 0;
  return {
    take: (attempt, atMs) => {
      const key = JSON.stringify(Object.values(attempt));
      const known = told.get(key);
      if (known !== undefined) {
        known.more += 1;
        return "again";
      }
      if (Math.floor(atMs / 1000) !== second) {
        second = Math.floor(atMs / 1000);
        inSecond = 0;
      }
      const isFirst = attempt.action !== undefined && !actions.has(attempt.action);
      if (!isFirst && (told.size >= bounds.runMax || inSecond >= bounds.secondMax)) {
        over += 1;
        return "over";
      }
      if (attempt.action !== undefined) actions.add(attempt.action);
      inSecond += 1;
      told.set(key, { attempt, more: 0 });
      return "new";
    },
    rest: () => ({
      again: [...told.values()].flatMap(({ attempt, more }) => (more === 0 ? [] : [[attempt, more] as const])),
      over,
    }),
  };
};
