import { judgeCriteria, type CriterionResult } from "../validation/criteria.ts";
import { missingEvidence } from "./evidence-list.ts";
import type { RunRecord } from "./run-record.ts";

/** What the criteria need besides the record: the names that the bundle will hold, and the replay paths read back. */
export interface BundlePlan {
  readonly paths: ReadonlySet<string>;
  readonly replayPaths: { readonly readBack: boolean; readonly count: number };
}

/** Every success criterion with its status; none where no contract was drawn. */
export const criteriaOf = (record: RunRecord, { paths, replayPaths }: BundlePlan): readonly CriterionResult[] => {
  const { contract } = record;
  if (contract === "not-drawn") return [];
  return judgeCriteria(contract.successCriteria, {
    targetClean: targetClean(record),
    evidenceMissing: missingEvidence(contract.evidenceRequired, paths),
    replayPaths,
    defaultActivation: record.defaultActivation,
    probes: record.probes,
  });
};

const targetClean = ({ proof }: RunRecord): { readonly clean: boolean; readonly says: string } => {
  if (proof === "unknown") return { clean: false, says: "The target was not looked at after the run." };
  const clean = proof.clean && proof.wrong.length === 0;
  return { clean, says: clean ? "The target is clean and only the one commit moved." : proof.wrong.join(" ") };
};
