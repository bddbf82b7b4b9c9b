import { CANARIES, type CanaryId, type CanaryVerdict } from "../vocabulary.ts";
import type { CanaryResult, CanaryTry } from "./canary.ts";

export interface CanaryFacts {
  readonly tries: readonly CanaryTry[];
  /** What came back from inside, by `what`. A try without an answer was not made. */
  readonly answers: ReadonlyMap<string, string>;
  /** Which controls the Harness did outside, and whether each succeeded. */
  readonly controls: ReadonlyMap<string, boolean>;
}

/** All fourteen results, always: nothing is held without its control and its answer. */
export const judgeCanaries = (facts: CanaryFacts): readonly CanaryResult[] =>
  CANARIES.map((id) => resultOf(id, { ...facts, tries: facts.tries.filter(({ canary }) => canary === id) }));

/** Probes of a pass that do not hold, of either kind. */
export const notHeld = (results: readonly CanaryResult[]): readonly CanaryResult[] =>
  results.filter(({ verdict }) => verdict === "broken" || verdict === "no-teeth");

const NO_ANSWER = "no answer";

const resultOf = (id: CanaryId, { tries, answers, controls }: CanaryFacts): CanaryResult => {
  const answerOf = ({ what }: CanaryTry): string => answers.get(what) ?? NO_ANSWER;
  return {
    id,
    verdict: worstOf(tries.map((one) => verdictOf(one, answerOf(one), controls.get(one.control) === true))),
    control: Object.fromEntries(
      tries.map(({ control }) => [control, controls.get(control) === true ? "works" : "does not work"]),
    ),
    expected: Object.fromEntries(tries.map(({ what, held }) => [what, held])),
    actual: Object.fromEntries(tries.map((one) => [one.what, answerOf(one)])),
  };
};

// What succeeded has succeeded, whether or not the control did.
const verdictOf = ({ held, otherwise }: CanaryTry, answer: string, control: boolean): CanaryVerdict => {
  if (answer === NO_ANSWER) return "no-teeth";
  if (!held.includes(answer)) return answer === "ok" ? "broken" : otherwise;
  return control ? "held" : "no-teeth";
};

const worstOf = (verdicts: readonly CanaryVerdict[]): CanaryVerdict =>
  WORST_FIRST.find((verdict) => verdicts.includes(verdict)) ?? "not-tried";

const WORST_FIRST = ["broken", "no-teeth", "held"] as const;
