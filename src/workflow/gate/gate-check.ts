import { canonicalJson } from "../digest.ts";
import type { Refusal } from "../refusal.ts";
import { STAGES, type Stage } from "../stages.ts";

/** One precondition and what it answered. */
export interface GateCheck {
  /** Its number in the order of evidence.md 4. */
  readonly step: number;
  readonly stage: Stage;
  readonly name: string;
  readonly status: "pass" | "block" | "not-evaluated";
  /** One clause: what was seen, or what it waits for. */
  readonly says: string;
  readonly refusals: readonly Refusal[];
  /** Names of the checks that must pass before this one can be answered. */
  readonly waitsFor: readonly string[];
}

/** A precondition before it is judged: the refusals it knows of, and the checks it rests on. */
export interface GateQuestion {
  readonly step: number;
  readonly stage: Stage;
  readonly name: string;
  readonly refusals: readonly Refusal[];
  readonly needs: readonly string[];
  /** What a pass says; asked only when nothing objects. */
  readonly says: () => string;
}

export const question = (
  step: number,
  stage: Stage,
  name: string,
  asked: Pick<GateQuestion, "refusals" | "says"> & Partial<Pick<GateQuestion, "needs">>,
): GateQuestion => ({ step, stage, name, needs: [], ...asked });

/** Answers every question and tells each refusal once, at the first question that brings it; in the line's order. */
export const answerAll = (questions: readonly GateQuestion[]): readonly GateCheck[] => {
  const toldBy = new Map<string, string>();
  const passed = new Set<string>();
  const answer = (question: GateQuestion): GateCheck => {
    const { step, stage, name, refusals, needs } = question;
    const own = refusals.filter((told) => !toldBy.has(keyOf(told)));
    const repeated = refusals.flatMap((told) => toldBy.get(keyOf(told)) ?? []);
    for (const told of own) toldBy.set(keyOf(told), name);
    const check = { step, stage, name, refusals: own };
    if (own.length > 0) return { ...check, status: "block", says: "refused", waitsFor: [] };

    const waitsFor = [...new Set([...repeated, ...needs.filter((need) => !passed.has(need))])];
    if (waitsFor.length > 0)
      return { ...check, status: "not-evaluated", says: `waits for ${waitsFor.join(", ")}`, waitsFor };
    passed.add(name);
    return { ...check, status: "pass", says: question.says(), waitsFor };
  };
  return questions.map(answer).sort((a, b) => STAGES.indexOf(a.stage) - STAGES.indexOf(b.stage));
};

const keyOf = ({ code, facts }: Refusal): string => canonicalJson([code, facts]);
