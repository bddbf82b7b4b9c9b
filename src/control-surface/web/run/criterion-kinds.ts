import type { RunCriterion } from "../../../harness/objects/run.ts";
import { isTampered, type Standing } from "./standing.ts";

/** How a criterion stands for whoever decides (surface.md 4.2). */
export type CriterionKind = "proven" | "eye" | "unproven";

/** Evidence that does not verify, or of which nobody could say so, carries nothing. */
export const isUnfounded = (standing: Standing): boolean =>
  isTampered(standing) || standing.run.verify?.verdict === "NOT-PROVEN";

/** What rests on evidence that is not what was sealed is unproven, whatever the report says of it. */
export const kindOf = (criterion: RunCriterion, standing: Standing): CriterionKind => {
  if (isUnfounded(standing)) return "unproven";
  switch (criterion.status) {
    case "proven":
      return "proven";
    case "owner-judged":
      return "eye";
    case "not-proven":
      return "unproven";
  }
};

/** Why the evidence that a criterion rests on does not count. */
export const lostIn = ({ cites }: RunCriterion, { mismatches }: Standing): string => {
  const changed = cites.map(({ file }) => file).filter((file) => mismatches.includes(file));
  return changed.length === 0
    ? "The evidence of this run does not verify."
    : `It cites ${changed.join(", ")}, which is not what was sealed.`;
};
