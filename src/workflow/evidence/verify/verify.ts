import { checkActions } from "./check-actions.ts";
import { checkBindings } from "./check-bindings.ts";
import { checkCitations } from "./check-citations.ts";
import { checkCommit } from "./check-commit.ts";
import { checkConfinement } from "./check-confinement.ts";
import { checkCriteria } from "./check-criteria.ts";
import { checkEgress } from "./check-egress.ts";
import { checkEvents, checkStory } from "./check-events.ts";
import { checkFiles } from "./check-files.ts";
import { checkFreshness } from "./check-freshness.ts";
import { checkManifest } from "./check-manifest.ts";
import { checkOwnedRepo } from "./check-owned-repo.ts";
import { checkPatch } from "./check-patch.ts";
import { checkPaths } from "./check-paths.ts";
import { checkRenderings } from "./check-renderings.ts";
import { checkReport } from "./check-report.ts";
import { checkSentence } from "./check-sentence.ts";
import { checkAdmissionSignature, checkApprovalSignature } from "./check-signatures.ts";
import { checkSums } from "./check-sums.ts";
import { checkTests } from "./check-tests.ts";
import { checkTrust } from "./check-trust.ts";
import { readBundle, type Reading } from "./reading.ts";
import type { Trust, VerifyTools } from "./tools.ts";
import { wholeVerdict, type Check, type Verdict, type VerdictWord } from "./verdict.ts";

/** In the order of evidence.md 10. */
const CHECKS: readonly ((reading: Reading) => readonly Check[])[] = [
  checkFiles,
  checkManifest,
  checkSums,
  checkTrust,
  checkSentence,
  checkBindings,
  checkApprovalSignature,
  checkAdmissionSignature,
  checkEvents,
  checkStory,
  checkPatch,
  checkCommit,
  checkPaths,
  checkFreshness,
  checkOwnedRepo,
  checkConfinement,
  checkEgress,
  checkTests,
  checkReport,
  checkCriteria,
  checkActions,
  checkCitations,
  checkRenderings,
];

/** Whether these files are one run's evidence as it was sealed (R117). Reads nothing, writes nothing, believes nothing inside. */
export const verifyBundle = (
  files: ReadonlyMap<string, Uint8Array>,
  odd: readonly string[],
  trust: Trust,
  tools: VerifyTools,
): Verdict => {
  const reading = readBundle(files, odd, trust, tools);
  const checks = CHECKS.flatMap((check) => check(reading));
  return {
    verdict: wholeVerdict(checks),
    checks: checks.toSorted((a, b) => RANK[a.verdict] - RANK[b.verdict]),
    notClaimed: notClaimedBy(reading),
  };
};

const RANK: Readonly<Record<VerdictWord, number>> = { FAIL: 0, "NOT-PROVEN": 1, PASS: 2 };

/** The union of every notClaimed[] that the bundle holds, and what no check of this form could show. */
const notClaimedBy = ({ manifest, report, freshness, ownedRepo, confinement }: Reading): readonly string[] => [
  ...new Set([
    ...ALWAYS,
    ...[manifest, report, freshness, ownedRepo, confinement].flatMap((file) => file?.notClaimed ?? []),
  ]),
];

const ALWAYS: readonly string[] = [
  "harness signature: sealed without one, whoever can write this folder could rewrite it consistently",
];
