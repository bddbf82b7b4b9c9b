import type { RunRow } from "../seams/store.ts";
import { assuranceOf, isBelow } from "../workflow/approval/assurance.ts";
import { readApprovalRecord } from "../workflow/approval/read-approval-record.ts";
import { requiredSentenceMatch } from "../workflow/approval/sentence.ts";
import type { Assurance } from "../workflow/authority.ts";
import { digestOf } from "../workflow/digest.ts";
import { SUMS } from "../workflow/evidence/bundle-table.ts";
import { parseOid, type RunId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import { jsonText } from "../workflow/json-text.ts";
import { objectionsTo } from "../workflow/outcome/judge-outcome.ts";
import {
  acceptSentence,
  OUTCOME_NAMESPACE,
  readOutcomeRecord,
  RUN_STATEMENT,
  writeOutcomeRecord,
  type OutcomeRecord,
} from "../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { verifySshSignature } from "../workflow/ssh-signature.ts";
import { readTrustRoot } from "../workflow/trust-root.ts";
import { attachOutcome, keptRecord } from "./later-records.ts";
import { refuseAll, REVOKED_PATH, SIGNERS_PATH } from "./read-facts.ts";
import { readReport } from "./read-report.ts";
import { permitOf } from "./recorded-run.ts";
import { AS_POLICY_ASKS, verifyFolder } from "./verify-folder.ts";
import type { World } from "./world.ts";

export interface OutcomeOrder {
  readonly run: RunId;
  readonly outcome: "accepted" | "rejected";
  readonly reason: string;
  readonly acknowledged: readonly string[];
  /** The words, for accepting. */
  readonly words: Uint8Array | undefined;
  readonly key: string;
}

export interface Decided {
  readonly record: OutcomeRecord;
  readonly seq: number;
}

/** The sentence that accepts a run, once there is something to accept. */
export const sentenceFor = (row: RunRow): string | undefined => {
  const commit = parseOid(jsonText(row.summary["commit"]));
  return commit === undefined ? undefined : acceptSentence({ work: row.work, run: row.run, commit });
};

/** The owner's accepted or rejected, signed over the digest of the evidence as it verifies now (R119, R120). */
export const decideOutcome = async (world: World, order: OutcomeOrder): Promise<Result<Decided, Refusal>> => {
  const row = await world.store.run(order.run);
  if (row === "absent") return refuse(refusal("outcome/run-unknown", { run: order.run }));
  const signers = await world.home.read(SIGNERS_PATH);
  const revoked = await world.home.read(REVOKED_PATH);
  const trust = readTrustRoot(signers, revoked);
  if (!trust.ok) return trust;
  const commit = parseOid(jsonText(row.summary["commit"]));
  const base = parseOid(jsonText(row.summary["parent"]));
  const bundle = await world.archive.open({ run: order.run });
  const report = bundle === "absent" ? undefined : readReport(bundle.files);
  const verdict =
    bundle === "absent"
      ? "absent"
      : (await verifyFolder(world, { run: order.run }, signers, revoked, AS_POLICY_ASKS)).verdict;
  const earlier = (await world.store.leaves(0)).find(
    ({ type, run }) => run === order.run && (type === "outcome.accepted" || type === "outcome.rejected"),
  );
  const kept = await keptRecord(world, earlier);
  if (kept !== "absent") await attachOutcome(world, order.run, kept);
  const work = await world.store.work(row.work);
  const objections = [
    ...objectionsTo({
      outcome: order.outcome,
      reason: order.reason,
      acknowledged: order.acknowledged,
      run: {
        id: order.run,
        state: row.ending ?? row.state,
        criteria: report?.criteria ?? [],
        toAcknowledge: report === undefined ? [] : toAcknowledge(report),
      },
      evidence: verdict,
      alreadyRecorded: earlier === undefined ? "none" : earlier.type.replace("outcome.", ""),
    }),
    ...wordsObjections(order, row),
  ];
  // From the ledger's own record of the gate: a bundle may have been changed, and of a quorum any may stand first.
  const owner = (await permitOf(world, order.run))?.contract.owner;
  if (objections.length > 0 || commit === undefined || base === undefined || owner === undefined || work === "absent")
    return refused(
      world,
      row,
      objections.length > 0
        ? objections
        : [refusal("outcome/nothing-to-decide", { run: order.run, state: row.ending ?? row.state })],
    );

  const sums = digestOf(bundle === "absent" ? "" : (bundle.files.get(SUMS) ?? ""));
  const signedRun = bundle === "absent" ? undefined : bundle.files.get(RUN_STATEMENT);
  const statement = signedRun === undefined ? "none" : digestOf(signedRun);
  const record: OutcomeRecord = {
    outcome: order.outcome,
    runId: order.run,
    workId: row.work,
    commit,
    base,
    reason: order.reason,
    acknowledged: order.acknowledged,
    judged:
      order.outcome === "accepted"
        ? (report?.criteria ?? []).filter(({ status }) => status === "owner-judged").map(({ id }) => id)
        : [],
    sentence: order.outcome === "accepted" ? (sentenceFor(row) ?? null) : null,
    decidedAt: timeText(world.clock.now().epochMs),
    approver: { principal: owner, method: "sshsig", assurance: "A2" },
    authority: { allowedSignersSha256: trust.value.digest },
    ledgerCheckpoint: (await world.store.head()).checkpoint,
  };
  const bytes = new TextEncoder().encode(writeOutcomeRecord(record, { sums, statement }));
  // Nobody is asked to sign what nobody could read later: a reason beyond every bound, for instance.
  const readable = readOutcomeRecord(bytes);
  if (!readable.ok) return refused(world, row, readable.refusals);
  const signature = await world.keys.askHumanToSign(bytes, OUTCOME_NAMESPACE, order.key);
  if (!signature.ok) return signature;
  const signer = verifySshSignature({
    message: bytes,
    signature: signature.value,
    namespace: OUTCOME_NAMESPACE,
    signers: trust.value.signers,
    revoked: trust.value.revoked,
    at: world.clock.now().epochMs,
  });
  if (!signer.ok || !signer.value.principals.includes(owner)) {
    const by = signer.ok ? signer.value.principals.join(", ") : (signer.refusals[0].keyFingerprint ?? "an unknown key");
    return refused(world, row, [refusal("outcome/not-the-owner", { by, owner })]);
  }
  const minimum = minimumOf(bundle === "absent" ? undefined : bundle.files);
  const found = assuranceOf(signer.value);
  if (isBelow(found, minimum)) return refused(world, row, [refusal("approval/below-minimum", { found, minimum })]);
  const seq = await world.store.transact(async (ledger) => {
    if (!(await ledger.claimOnce("outcome", order.run, digestOf(bytes)))) return undefined;
    const leaf = await ledger.appendLeaf({
      type: order.outcome === "accepted" ? "outcome.accepted" : "outcome.rejected",
      actor: owner,
      channel: "cli",
      work: row.work,
      run: order.run,
      digests: {
        record: await ledger.keep("outcome", bytes),
        signature: await ledger.keep("signature", signature.value),
        sums,
        ...(statement === "none" ? {} : { statement }),
      },
      detail: { reason: order.reason },
    });
    return leaf.seq;
  });
  if (seq === undefined)
    return refuseAll([refusal("outcome/already-recorded", { run: order.run, outcome: "recorded at the same moment" })]);
  await attachOutcome(world, order.run, { record: bytes, signature: signature.value });
  return ok({ record, seq });
};

// What the approval asked of its signer, the outcome asks of its own.
const minimumOf = (files: ReadonlyMap<string, Uint8Array> | undefined): Assurance => {
  const record = [...(files ?? [])].find(([name]) => /^approval\/approval\.[^/]+\.json$/.test(name))?.[1];
  const read = record === undefined ? undefined : readApprovalRecord(record);
  return read?.ok === true ? read.value.record.authority.minimumAssurance : "A3";
};

/** Findings and denied attempts by the name that accepting has to say. */
export const toAcknowledge = (report: {
  readonly findings: readonly { readonly code: string }[];
  readonly attempts: readonly { readonly action: string }[];
}): readonly string[] => [
  ...new Set([...report.findings.map(({ code }) => code), ...report.attempts.map(({ action }) => `denied/${action}`)]),
];

function* wordsObjections({ outcome, words }: OutcomeOrder, row: RunRow): Iterable<Refusal> {
  const sentence = sentenceFor(row);
  if (outcome === "rejected" || sentence === undefined) return;
  const match = requiredSentenceMatch(sentence, words ?? new Uint8Array());
  if (match.ok) return;
  const { at, expected, got } = match.refusals[0].facts;
  yield refusal("outcome/not-exact", { at: at ?? 1, expected: expected ?? "", got: got ?? "", sentence });
}

const refused = async (world: World, row: RunRow, refusals: readonly Refusal[]): Promise<Result<never, Refusal>> => {
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "outcome.refused",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      work: row.work,
      run: row.run,
      refusals: refusals.map(({ code }) => code),
    }),
  );
  return refuseAll(refusals);
};
