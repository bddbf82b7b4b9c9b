import type { RunRow } from "../../seams/store.ts";
import { minimumAssurance } from "../../workflow/approval/minimum-assurance.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import type { Assurance } from "../../workflow/authority.ts";
import { digestOf } from "../../workflow/digest.ts";
import { SUMS } from "../../workflow/evidence/bundle-table.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { parseOid, type Oid, type RunId } from "../../workflow/ids.ts";
import { jsonText } from "../../workflow/json-text.ts";
import type { Decision } from "../../workflow/outcome/judge-outcome.ts";
import { acceptSentence, RUN_STATEMENT, type JudgedEvidence } from "../../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readTrustRoot, type TrustRoot } from "../../workflow/trust-root.ts";
import { attachOutcome, keptRecord } from "../evidence/later-records.ts";
import { readReport } from "../evidence/read-report.ts";
import { AS_POLICY_ASKS, verifyFolder } from "../evidence/verify-folder.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import { permitOf } from "../run/recorded-run.ts";
import type { World } from "../world.ts";

/** All that is known when an outcome is decided: read, and verified, at this moment. */
export interface OutcomeGround {
  readonly row: RunRow;
  readonly trust: TrustRoot;
  readonly report: Report | undefined;
  readonly evidence: Decision["evidence"];
  readonly judged: JudgedEvidence;
  readonly commit: Oid | undefined;
  readonly base: Oid | undefined;
  readonly owner: string | undefined;
  readonly minimum: Assurance;
  readonly alreadyRecorded: string;
}

/** The sentence that accepts a run, once there is something to accept. */
export const sentenceFor = (row: RunRow): string | undefined => {
  const commit = parseOid(jsonText(row.summary["commit"]));
  return commit === undefined ? undefined : acceptSentence({ work: row.work, run: row.run, commit });
};

export const readOutcomeGround = async (world: World, run: RunId): Promise<Result<OutcomeGround, Refusal>> => {
  const row = await world.store.run(run);
  if (row === "absent") return refuse(refusal("outcome/run-unknown", { run }));
  const signers = await world.home.read(SIGNERS_PATH);
  const revoked = await world.home.read(REVOKED_PATH);
  const trust = readTrustRoot(signers, revoked);
  if (!trust.ok) return trust;
  const bundle = await world.archive.open({ run });
  const files = bundle === "absent" ? undefined : bundle.files;
  const evidence =
    files === undefined ? "absent" : (await verifyFolder(world, { run }, signers, revoked, AS_POLICY_ASKS)).verdict;
  const [earlier] = await world.store.records({
    runs: [run],
    types: ["outcome.accepted", "outcome.rejected"],
    limit: 1,
  });
  const kept = await keptRecord(world, earlier);
  if (kept !== "absent") await attachOutcome(world, run, kept);
  // From the ledger's own record of the gate: a bundle may have been changed, and of a quorum any may stand first.
  const permit = await permitOf(world, run);
  const signedRun = files?.get(RUN_STATEMENT);
  return ok({
    row,
    trust: trust.value,
    report: files === undefined ? undefined : readReport(files),
    evidence,
    judged: {
      sums: digestOf(files?.get(SUMS) ?? ""),
      statement: signedRun === undefined ? "none" : digestOf(signedRun),
    },
    commit: parseOid(jsonText(row.summary["commit"])),
    base: parseOid(jsonText(row.summary["parent"])),
    owner: permit?.contract.owner,
    minimum: minimumOf(permit),
    alreadyRecorded: earlier === undefined ? "none" : earlier.type.replace("outcome.", ""),
  });
};

// What the approval asked of its signer, the outcome asks of its own; a run that had no permit has nothing to decide.
const minimumOf = (permit: Permit | undefined): Assurance => {
  if (permit === undefined) return "A3";
  const { authority, contract } = permit;
  const quorum = quorumOf(authority, contract.owner);
  return minimumAssurance(authority, contract.targetRepository.riskClassification, quorum);
};

/** Findings and denied attempts by the name that accepting has to say. */
export const toAcknowledge = (report: {
  readonly findings: readonly { readonly code: string }[];
  readonly attempts: readonly { readonly action: string }[];
}): readonly string[] => [
  ...new Set([...report.findings.map(({ code }) => code), ...report.attempts.map(({ action }) => `denied/${action}`)]),
];

/** Criteria that no machine proves. */
export const leftToOwner = (report: Report | undefined): readonly string[] =>
  (report?.criteria ?? []).filter(({ status }) => status === "owner-judged").map(({ id }) => id);
