import { confinementProof } from "./confinement.ts";
import type { Reach } from "./ending.ts";
import { ownedRepoProof } from "./owned-repo.ts";
import type { RunRecord } from "./run-record.ts";
import type { Verdict } from "./verify/verdict.ts";

interface Property {
  readonly name: string;
  /** Said of no run that did not come this far. */
  readonly from: Reach;
  /** Every row of these checks must have passed. */
  readonly checks: readonly string[];
  /** And the run's own proofs must claim this: a check may well pass over a proof that claims nothing. */
  readonly claims: readonly string[];
}

const property = (name: string, from: Reach, checks: readonly string[], claims: readonly string[] = []): Property => ({
  name,
  from,
  checks,
  claims,
});

const A2 = "CTO_APPROVAL_A2";

/** What a verdict statement may say of a run (evidence.md 8). */
const PROPERTIES: readonly Property[] = [
  property("CTO_APPROVAL_BOUND", "permit", ["approval", "quorum", "sentence", "bindings", "limits"]),
  property(A2, "permit", ["approval", "quorum"]),
  property("CTO_SCOPE_RESPECTED", "commit", ["paths", "patch", "commit"]),
  property("CTO_PATCH_REPLAYED", "commit", ["patch", "commit"]),
  property("CTO_TESTS_PASSED", "commit", ["tests", "tests-statement"]),
  property("CTO_TARGET_OWNED", "permit", ["admission", "owned-repo"], ["identity-admitted", "owner-signed-admission"]),
  property("CTO_CONFINED", "permit", ["confinement"], ["probes-held-before-and-after"]),
];

const ORDER: Readonly<Record<Reach, number>> = { gate: 0, permit: 1, commit: 2 };

/** The properties that these checks carry for this run. */
export const verdictProperties = (record: RunRecord, { checks }: Pick<Verdict, "checks">): readonly string[] => {
  const claims = new Set([...confinementProof(record).claims, ...ownedRepoProof(record).claims]);
  const isSigned = record.approval !== "none" && ["A2", "A3"].includes(record.approval.assurance);
  return PROPERTIES.filter(({ name, from, checks: ids, claims: needed }) => {
    const rows = checks.filter(({ id }) => ids.includes(id));
    const hasPassed =
      ids.every((id) => rows.some((row) => row.id === id)) && rows.every(({ verdict }) => verdict === "PASS");
    const isClaimed = needed.every((claim) => claims.has(claim)) && (name !== A2 || isSigned);
    return hasPassed && isClaimed && ORDER[record.reach] >= ORDER[from];
  }).map(({ name }) => name);
};
