import { assertNever } from "../assert-never.ts";
import type { Criterion } from "../contract/contract.ts";

/** What the Harness knows when it judges the criteria; each part is an observation, none a claim of the backend. */
export interface CriteriaFacts {
  readonly targetClean: { readonly clean: boolean; readonly says: string };
  /** Entries of the contract's evidence list that the bundle lacks. */
  readonly evidenceMissing: readonly string[];
  readonly replayPaths: { readonly readBack: boolean; readonly count: number };
  readonly defaultActivation: { readonly before: boolean; readonly after: boolean };
  /** Results of the owner's own probes, by criterion id (the checks file beside the packet). */
  readonly probes: ReadonlyMap<string, ProbeResult>;
}

/** One bound probe: what it did on the candidate, and on the base, where it is expected to fail if it has teeth. */
export interface ProbeResult {
  readonly argv: readonly string[];
  readonly onCandidate: number | null;
  readonly onBase: number | null;
  readonly baseExpected: "fails" | "passes" | "any";
  /** Why its exits say nothing: a limit ended it, or it changed the tree. */
  readonly spoiled?: string;
}

type CriterionStatus = "proven" | "not-proven" | "owner-judged";

export interface CriterionResult extends Criterion {
  readonly status: CriterionStatus;
  /** The facts beside it, one sentence. */
  readonly says: string;
  /** Files of the bundle that hold the facts. */
  readonly cites: readonly string[];
}

/** Each success criterion with what proves it (R031, R118). Never by the agent; a sentence of the owner's is his to judge. */
export const judgeCriteria = (criteria: readonly Criterion[], facts: CriteriaFacts): readonly CriterionResult[] =>
  criteria.map((criterion) => ({ ...criterion, ...judge(criterion, facts) }));

type Judgement = Pick<CriterionResult, "status" | "says" | "cites">;

const judge = ({ id, check }: Criterion, facts: CriteriaFacts): Judgement => {
  switch (check) {
    case "target-clean":
      return machine(facts.targetClean.clean, facts.targetClean.says, ["stage5-owned-repo-proof.json"]);
    case "evidence-complete":
      return machine(
        facts.evidenceMissing.length === 0,
        facts.evidenceMissing.length === 0
          ? "Every required entry is in the bundle."
          : `Missing: ${facts.evidenceMissing.join(", ")}.`,
        ["bundle.json", "SHA256SUMS"],
      );
    case "replay-paths":
      return machine(
        facts.replayPaths.readBack && facts.replayPaths.count > 0,
        `${facts.replayPaths.count} replay paths read back from the summary.`,
        ["control-surface.json"],
      );
    case "default-activation-false":
      return machine(
        !facts.defaultActivation.before && !facts.defaultActivation.after,
        `runtime.defaultActivation was ${facts.defaultActivation.before} before and ${facts.defaultActivation.after} after.`,
        ["events.normalized.jsonl"],
      );
    case "owner-judged":
      return ownerJudged(facts.probes.get(id));
    default:
      return assertNever(check);
  }
};

const machine = (holds: boolean, says: string, cites: readonly string[]): Judgement => ({
  status: holds ? "proven" : "not-proven",
  says,
  cites,
});

// A probe runs the change's own code, which could end it early: passing is a fact for the owner, never a proof; failing blocks.
const ownerJudged = (probe: ProbeResult | undefined): Judgement => {
  if (probe === undefined)
    return {
      status: "owner-judged",
      says: "Judged by the owner at the outcome; no probe is bound to it.",
      cites: ["patch.diff", "test.log"],
    };
  const says = `The owner's probe ${probeSays(probe)}.`;
  return { status: probeHolds(probe) ? "owner-judged" : "not-proven", says, cites: ["test.log"] };
};

/** It passed on the candidate, did on the base what its owner expects, and neither was cut short. */
export const probeHolds = ({ onCandidate, onBase, baseExpected, spoiled }: ProbeResult): boolean => {
  // A probe that was killed on the base neither passed nor failed there.
  const asExpected = onBase !== null && (onBase === 0) === (baseExpected === "passes");
  return onCandidate === 0 && (baseExpected === "any" || asExpected) && spoiled === undefined;
};

export const probeSays = ({ onCandidate, onBase, baseExpected, spoiled }: ProbeResult): string =>
  `ended with ${onCandidate} on the candidate and ${onBase} on the base (expected: ${baseExpected})${spoiled === undefined ? "" : `; ${spoiled}`}`;
