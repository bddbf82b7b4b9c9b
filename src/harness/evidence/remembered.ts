import type { Archive } from "../../seams/archive.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";

type Watched = Pick<Archive, "fingerprint">;

/** What came of a sealed bundle, and of whatever else `beside` names: done anew wherever either may have changed. */
export type Remembered<T> = (archive: Watched, run: RunId, beside: string, draw: () => Promise<T>) => Promise<T>;

/**
 * A home that is served is asked the same of its bundles at each look: of one in which nobody wrote the answer is the same.
 * Where that cannot be told nothing is remembered. Of the bundles that were asked for last only so many are kept.
 */
export const rememberedOf = <T>(): Remembered<T> => {
  const archives = new WeakMap<Watched, Map<RunId, { readonly key: string; readonly value: T }>>();
  return async (archive, run, beside, draw) => {
    const fingerprint = await archive.fingerprint(run);
    if (fingerprint === undefined) return draw();
    const key = `${fingerprint} ${beside}`;
    const kept = archives.get(archive) ?? new Map<RunId, { readonly key: string; readonly value: T }>();
    archives.set(archive, kept);
    const last = kept.get(run);
    kept.delete(run);
    if (last?.key === key) {
      kept.set(run, last);
      return last.value;
    }
    const value = await draw();
    // What somebody wrote meanwhile may be read or not.
    if ((await archive.fingerprint(run)) !== fingerprint) return value;
    kept.set(run, { key, value });
    for (const oldest of kept.keys()) if (kept.size > LIMITS.rememberedBundlesMax) kept.delete(oldest);
    return value;
  };
};
