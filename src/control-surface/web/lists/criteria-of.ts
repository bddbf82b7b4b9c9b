import type { RunObject } from "../../../harness/objects/run.ts";
import type { Facts } from "./compared.ts";

/** What became of each criterion of a run. It is said at the seal, and worth no more than the evidence it rests on. */
export const criteriaOf = ({ criteria, verify }: Pick<RunObject, "criteria" | "verify">): Facts => {
  if (criteria === undefined) return "unknown";
  const verdict = verify?.verdict ?? "NOT-PROVEN";
  return new Map(
    criteria.map(({ id, text, status }) => [
      `${id} ${text}`,
      [verdict === "PASS" ? status : `not-proven, its evidence: ${verdict}`],
    ]),
  );
};
