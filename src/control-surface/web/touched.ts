import { useEffect, useState } from "preact/hooks";

import type { Api } from "../api.ts";
import { ask } from "./ask.ts";
import { pathMeets } from "./runs-filter.ts";

/** The runs that changed a path which a pattern means; undefined where nothing of that kind was asked. */
export interface Touched {
  readonly runs: ReadonlySet<string>;
  /** How many were looked into, of how many that will be. */
  readonly looked: number;
  readonly of: number;
}

/** Each run's change is read one by one, so that only the newest are looked into. */
export const TOUCHED_MAX = 100;

const AT_ONCE = 4;
const known = new Map<string, readonly string[]>();

export const useTouched = (pattern: string | undefined, candidates: readonly string[]): Touched | undefined => {
  const [, setLooked] = useState(0);
  const looking = pattern === undefined ? [] : candidates.slice(0, TOUCHED_MAX);
  const key = looking.join(" ");
  useEffect(() => {
    const left = new AbortController();
    const waiting = looking.filter((run) => !known.has(run));
    const lookOn = async (): Promise<void> => {
      for (let run = waiting.shift(); run !== undefined && !left.signal.aborted; run = waiting.shift()) {
        const answer = await ask<Api["/api/r/:name/diff"]>(`/api/r/${encodeURIComponent(run)}/diff`, left.signal);
        // A run that is not sealed has no list of changes yet: it is looked into again next time.
        if (answer.ok)
          known.set(
            run,
            answer.value.files.map(({ path }) => path),
          );
        else if (answer.problem.status === 404) unsealed.add(run);
        setLooked((count) => count + 1);
      }
    };
    unsealed.clear();
    for (let n = 0; n < AT_ONCE; n += 1) void lookOn().catch(() => undefined);
    return () => left.abort();
  }, [key]);
  if (pattern === undefined) return undefined;
  return {
    runs: new Set(looking.filter((run) => known.get(run)?.some((path) => pathMeets(pattern, path)) === true)),
    looked: looking.filter((run) => known.has(run) || unsealed.has(run)).length,
    of: looking.length,
  };
};

const unsealed = new Set<string>();
