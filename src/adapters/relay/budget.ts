import type { RelayOrder } from "../../seams/relay.ts";

/** What a run has used of its relay. Once something is used up, nothing is given any more. */
export interface Budget {
  request(): string | undefined;
  bytes(more: number): string | undefined;
  /**
   * Tokens for one answer, held until it is over: at once where they fit beside all that are held, or where none are;
   * else when those before have given back enough. Undefined when something is used up, or nobody waits any more.
   */
  reserve(estimate: number, gone: AbortSignal): Promise<Reservation | undefined>;
  /** The name of what is used up, if somebody wanted more than there was. */
  over(): string | undefined;
  /** The same, once more than one request was refused for it: whoever asks on after a no is not going to end. */
  overspent(): string | undefined;
}

/** Tokens that one answer holds. */
export interface Reservation {
  readonly estimate: number;
  /** Charges what is beyond the last number. */
  charge(total: number): string | undefined;
  /** Gives back what was held and not charged. */
  end(): void;
}

interface Waiting {
  readonly estimate: number;
  readonly go: (reservation: Reservation | undefined) => void;
}

export const openBudget = (max: RelayOrder["budget"]): Budget => {
  const used = { modelRequestsMax: 0, modelBytesMax: 0, modelTokensMax: 0 };
  let over: keyof typeof used | undefined;
  let refused = 0;
  const use = (name: keyof typeof used, more: number): string | undefined => {
    used[name] += more;
    if (used[name] > max[name]) over ??= name;
    return over;
  };

  const open = new Set<{ rest: number }>();
  const waiting: Waiting[] = [];
  const fits = (estimate: number): boolean => {
    const held = [...open].reduce((sum, { rest }) => sum + rest, 0);
    return open.size === 0 || used.modelTokensMax + held + estimate <= max.modelTokensMax;
  };
  const letIn = (): void => {
    for (let [first] = waiting; first !== undefined; [first] = waiting) {
      if (used.modelTokensMax >= max.modelTokensMax) over ??= "modelTokensMax";
      if (over === undefined && !fits(first.estimate)) return;
      waiting.shift();
      first.go(over === undefined ? opened(first.estimate) : undefined);
    }
  };
  const opened = (estimate: number): Reservation => {
    const own = { rest: estimate };
    let charged = 0;
    open.add(own);
    return {
      estimate,
      charge: (total) => {
        const more = Math.max(0, total - charged);
        charged += more;
        own.rest = Math.max(0, estimate - charged);
        return use("modelTokensMax", more);
      },
      end: () => {
        open.delete(own);
        letIn();
      },
    };
  };
  return {
    request: () => {
      const none = over ?? use("modelRequestsMax", 1);
      if (none !== undefined) refused += 1;
      return none;
    },
    bytes: (more) => use("modelBytesMax", more),
    reserve: (estimate, gone) =>
      new Promise((resolve) => {
        const one: Waiting = { estimate, go: resolve };
        waiting.push(one);
        const leave = (): void => {
          const at = waiting.indexOf(one);
          if (at !== -1) waiting.splice(at, 1);
          resolve(undefined);
          letIn();
        };
        if (gone.aborted) leave();
        else gone.addEventListener("abort", leave, { once: true });
        letIn();
      }),
    over: () => over,
    overspent: () => (refused > 1 ? over : undefined),
  };
};
