import { lowestLevel } from "./assurance.ts";
import { checkActions } from "./check-actions.ts";
import { checkAttestations } from "./check-attestations.ts";
import { checkBindings } from "./check-bindings.ts";
import { checkCheckpoints } from "./check-checkpoints.ts";
import { checkCitations } from "./check-citations.ts";
import { checkCommit } from "./check-commit.ts";
import { checkConfinement } from "./check-confinement.ts";
import { checkCriteria } from "./check-criteria.ts";
import { checkEgress } from "./check-egress.ts";
import { checkEvents, checkStory } from "./check-events.ts";
import { checkFiles } from "./check-files.ts";
import { checkFreshness } from "./check-freshness.ts";
import { checkInclusion, checkSeal } from "./check-inclusion.ts";
import { checkLimits } from "./check-limits.ts";
import { checkManifest } from "./check-manifest.ts";
import { checkMounts } from "./check-mounts.ts";
import { checkOutcome } from "./check-outcome.ts";
import { checkOwnedRepo } from "./check-owned-repo.ts";
import { checkPatch } from "./check-patch.ts";
import { checkPaths } from "./check-paths.ts";
import { checkQuorum } from "./check-quorum.ts";
import { checkRedactions } from "./check-redactions.ts";
import { checkRenderings } from "./check-renderings.ts";
import { checkReport } from "./check-report.ts";
import { checkRevocation } from "./check-revocation.ts";
import { checkRunStatement } from "./check-run-statement.ts";
import { checkSarif } from "./check-sarif.ts";
import { checkSentence } from "./check-sentence.ts";
import { checkAdmissionSignature, checkApprovalSignature } from "./check-signatures.ts";
import { checkSums } from "./check-sums.ts";
import { checkTestsStatement } from "./check-tests-statement.ts";
import { checkTests } from "./check-tests.ts";
import { checkTrace } from "./check-trace.ts";
import { checkTrustRecord } from "./check-trust-record.ts";
import { checkTrust } from "./check-trust.ts";
import { checkVerdictStatement } from "./check-verdict-statement.ts";
import { checkWithdrawal } from "./check-withdrawal.ts";
import type { Later } from "./later.ts";
import { readBundle, type BundleContent, type OddEntry, type Reading } from "./reading.ts";
import { CannotJudge, type Eventually, type Trust, type VerifyTools } from "./tools.ts";
import { notProven, wholeVerdict, type Check, type Verdict, type VerdictWord } from "./verdict.ts";

/** One step of the verification: its rows, now or later. */
type Judge = (reading: Reading) => Eventually<readonly Check[]>;

/** In the order of evidence.md 10, each under the id of the row that it gives when the tools cannot judge. */
const CHECKS: readonly (readonly [id: string, judge: Judge])[] = [
  ["files", checkFiles],
  ["bundle", checkManifest],
  ["digests", checkSums],
  ["trust", checkTrust],
  ["sentence", checkSentence],
  ["bindings", checkBindings],
  ["limits", checkLimits],
  ["approval", checkApprovalSignature],
  ["quorum", checkQuorum],
  ["admission", checkAdmissionSignature],
  ["revocation", checkRevocation],
  ["trust-record", checkTrustRecord],
  ["attestations", checkAttestations],
  ["run-statement", checkRunStatement],
  ["events", checkEvents],
  ["event-order", checkStory],
  ["checkpoints", checkCheckpoints],
  ["ledger", checkInclusion],
  ["seal", checkSeal],
  ["patch", checkPatch],
  ["commit", checkCommit],
  ["paths", checkPaths],
  ["freshness", checkFreshness],
  ["owned-repo", checkOwnedRepo],
  ["confinement", checkConfinement],
  ["mounts", checkMounts],
  ["egress", checkEgress],
  ["redactions", checkRedactions],
  ["tests", checkTests],
  ["tests-statement", checkTestsStatement],
  ["report", checkReport],
  ["criteria", checkCriteria],
  ["actions", checkActions],
  ["citations", checkCitations],
  ["renderings", checkRenderings],
  ["trace", checkTrace],
  ["findings", checkSarif],
  ["outcome", checkOutcome],
  ["withdrawal", checkWithdrawal],
];

/**
 * Whether these files are one run's evidence as it was sealed (R117), and whether what humans said of it later, where that
 * is given, is about exactly this evidence. Reads nothing, writes nothing, believes nothing inside.
 */
export const verifyBundle = async (
  files: BundleContent,
  odd: readonly OddEntry[],
  trust: Trust,
  tools: VerifyTools,
  later: Later = {},
): Promise<Verdict> => verifyReading(await readBundle(files, odd, trust, tools, later));

/** The same over a bundle that was read already. */
export const verifyReading = async (reading: Reading): Promise<Verdict> => {
  const found = (await Promise.all(CHECKS.map(([id, judge]) => judged(id, judge, reading)))).flat();
  const verdict = await judged("verdict-statement", (read) => checkVerdictStatement(read, found), reading);
  const checks = [...found, ...verdict];
  return {
    verdict: wholeVerdict(checks),
    checks: checks.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]),
    notClaimed: notClaimedBy(reading, checks),
  };
};

const judged = async (id: string, judge: Judge, reading: Reading): Promise<readonly Check[]> => {
  try {
    return await judge(reading);
  } catch (error) {
    if (error instanceof CannotJudge) return [notProven(id, error.message)];
    throw error;
  }
};

const RANK: Readonly<Record<VerdictWord, number>> = { FAIL: 0, "NOT-PROVEN": 1, PASS: 2 };

/** The union of every notClaimed[] that the bundle holds, and what no check of this form could show. */
const notClaimedBy = (reading: Reading, checks: readonly Check[]): readonly string[] => {
  const { manifest, report, freshness, ownedRepo, confinement, redactions, later } = reading;
  return [
    ...new Set([
      ...(isHostAttested(reading) ? [HOST_ATTESTED] : []),
      ...(checks.some(({ id, verdict }) => id === "run-statement" && verdict === "PASS") ? [] : UNSIGNED),
      ...(manifest?.ending === "awaiting_outcome" && later.outcome === undefined ? UNDECIDED : []),
      ...[manifest, report, freshness, ownedRepo, confinement, redactions].flatMap((file) => file?.notClaimed ?? []),
    ]),
  ];
};

const isHostAttested = (reading: Reading): boolean => {
  const level = reading.manifest?.reach === "gate" ? undefined : lowestLevel(reading);
  return level === "A0" || level === "A1";
};

const HOST_ATTESTED = "a human's approval: consent is host-attested only";

const UNDECIDED: readonly string[] = [
  "outcome: not given, so whether the owner accepted or rejected this run is not shown",
];

const UNSIGNED: readonly string[] = [
  "harness signature: none by a key that the given trust names, so whoever wrote this folder may be anybody",
];
