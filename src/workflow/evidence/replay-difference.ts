import { LIMITS } from "../limits.ts";

/** One thing that came out otherwise than the evidence says: drift is shown, never refreshed (R124). */
export interface Difference {
  /** File, line and field, or the thing that was compared. */
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

/** What a replay found. `same` means no difference in what was compared; `notComparable` says what was not. */
export interface Compared {
  readonly differences: readonly Difference[];
  readonly notComparable: readonly string[];
}

/** The two texts around the place where they part, so that a long one is not shown whole. */
export const difference = (where: string, expected: string, got: string): Difference => {
  const from = Math.max(0, firstDifference(expected, got) - LIMITS.replayTextCharactersMax / 4);
  return { where, expected: excerpt(expected, from), got: excerpt(got, from) };
};

/** At most so many, the number of the others told in the last one. */
export const bounded = (differences: readonly Difference[]): readonly Difference[] => {
  const more = differences.length - LIMITS.replayDifferencesMax;
  if (more <= 0) return differences;
  const rest = { where: "further differences", expected: "none", got: String(more) };
  return [...differences.slice(0, LIMITS.replayDifferencesMax), rest];
};

const firstDifference = (a: string, b: string): number => {
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at += 1;
  return at;
};

const excerpt = (text: string, from: number): string => {
  const isCut = text.length > LIMITS.replayTextCharactersMax;
  if (!isCut) return text.toWellFormed();
  const part = text.slice(from, from + LIMITS.replayTextCharactersMax).toWellFormed();
  return `${from > 0 ? "…" : ""}${part}${from + LIMITS.replayTextCharactersMax < text.length ? "…" : ""}`;
};
