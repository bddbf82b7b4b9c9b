import type { Fuzzed } from "./fuzzed.ts";
import { randomOf } from "./random.ts";

/** What a run of cases came to. */
export interface Tried {
  readonly cases: number;
  readonly accepted: number;
}

/** A case that must never be, with all that makes it again. */
export interface Found {
  readonly kind: string;
  readonly index: number;
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Cases `from` to below `to` of a kind; the first that crashes, or is accepted and should not be, ends it. */
export const tryCases = async (
  fuzzed: Fuzzed,
  seed: number,
  { from, to }: { readonly from: number; readonly to: number },
  begins: (index: number) => void,
): Promise<Tried | Found> => {
  const { kind, makeCase, judge } = fuzzed;
  let accepted = 0;
  for (let index = from; index < to; index += 1) {
    begins(index);
    const bytes = makeCase(randomOf(seed, kind.length, kind.charCodeAt(0), index));
    try {
      const judged = await judge(bytes);
      if (judged.objections.length > 0)
        return { kind, index, what: `accepted: ${judged.objections.join("; ")}`, bytes };
      if (judged.isAccepted) accepted += 1;
    } catch (error) {
      return {
        kind,
        index,
        what: `crashed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        bytes,
      };
    }
  }
  return { cases: to - from, accepted };
};
