import { movedSince, type Moved } from "../../workflow/approval/approval-binding.ts";
import { APPROVAL_NAMESPACE } from "../../workflow/approval/approval-record.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { readApprovalRecord, type ReadApproval } from "../../workflow/approval/read-approval-record.ts";
import { notTicked, reviewRows, type ReviewRow } from "../../workflow/approval/review-rows.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { digestOf } from "../../workflow/digest.ts";
import type { WorkId } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { readFacts, REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { ApprovalSigning, ApprovalTick, DraftObject, RecordedApproval } from "../objects/signing.ts";
import type { World } from "../world.ts";
import { lastReview, type LastReview } from "./last-review.ts";
import { openRound } from "./open-round.ts";
import { prepareApproval } from "./prepare-approval.ts";
import { present, presentFacts, type Presented } from "./present.ts";
import { recordSigned, type Recorded } from "./record-approval.ts";
import { refusedApproval } from "./refused-approval.ts";
import { draftObject, signatureIn, signersOf, type GivenSignature } from "./signers-of.ts";

/** What a page shows before anybody approves; changes nothing. */
export const approvalSigning = async (world: World, work: WorkId): Promise<Result<ApprovalSigning, Refusal>> => {
  const shown = await present(world, work);
  if (!shown.ok) return shown;
  const { contract, packet, admission, authority, trust, checksSource, text } = shown.value;
  const { head, tree, branch, realPath } = admission.observation;
  const { required, eligible } = quorumOf(authority, contract.owner);
  const round = await openRound(world, shown.value);
  const signed = round === "none" ? [] : round.records.map(({ approver }) => approver.principal);
  const open = eligible.filter((name) => !signed.includes(name));
  const signers = signersOf(trust, open, APPROVAL_NAMESPACE, world.clock.now().epochMs);
  const review = await reviewBy(world, shown.value, signers[0]?.principal ?? contract.owner);
  return ok({
    work,
    sentence: contract.requiredApproval,
    presented: text,
    presentedSha256: digestOf(text),
    digests: {
      packet: packet.source.digest,
      contract: contractDigest(contract),
      admission: admission.digest,
      policy: authority.digest,
      checks: checksSource === "absent" ? null : checksSource.digest,
    },
    target: { path: realPath, branch, head, tree },
    minimum: authority.riskClasses[contract.targetRepository.riskClassification]?.minimumAssurance ?? "A3",
    quorum: { required, eligible, signed },
    reviewedFrom: review.packet,
    ticks: reviewRows(review.reviewed, contract).map(tickObject),
    signers,
    expiresMsMax: authority.approvalExpiryMs,
    command: commandOf(work),
  });
};

const commandOf = (work: WorkId): string => `cto approve ${work} --key KEY`;

const reviewBy = async (world: World, shown: Presented, principal: string): Promise<LastReview> =>
  lastReview(world, shown, principal, await world.store.records({ work: shown.contract.workItem }));

const tickObject = ({ id, label, change }: ReviewRow): ApprovalTick =>
  change === undefined
    ? { id, kind: "section", label, class: null }
    : { id, kind: "changed", label, class: change.class, before: change.before, after: change.after };

/** What a person says on a page: by the key of that fingerprint, with what he ticked. */
export interface SaidOnPage {
  readonly sentence: string;
  readonly entry: "typed" | "pasted";
  /** Of the text that he had before him. */
  readonly presentedSha256: string;
  readonly key: string;
  readonly ticks: readonly string[];
  readonly expiresMs?: number;
}

/** Re-reads everything and draws the record that asks for a signature; a near miss is recorded as one. */
export const draftOnPage = async (
  world: World,
  work: WorkId,
  said: SaidOnPage,
): Promise<Result<DraftObject, Refusal>> => {
  const words = new TextEncoder().encode(said.sentence);
  const shown = await present(world, work);
  if (!shown.ok) return shown;
  const { contract, authority, trust, text } = shown.value;
  // Whoever ticked and typed did so of what he was shown, which may be another text by now.
  const [presented, given] = [digestOf(text), said.presentedSha256];
  if (presented !== given) {
    const moved = refusal("surface/digest-moved", { what: "the text that was shown", now: presented, given });
    return refusedApproval(world, work, [moved], words);
  }
  const { eligible } = quorumOf(authority, contract.owner);
  const now = world.clock.now().epochMs;
  const signer = signersOf(trust, eligible, APPROVAL_NAMESPACE, now).find(({ key }) => key === said.key);
  const review = await reviewBy(world, shown.value, signer?.principal ?? contract.owner);
  const missing = notTicked(reviewRows(review.reviewed, contract), said.ticks);
  const prepared = await prepareApproval(world, shown.value, {
    words,
    entry: said.entry,
    key: () => Promise.resolve({ kind: "key", fingerprint: said.key }),
    expiresMs: said.expiresMs,
    reviewedFrom: review.packet,
    objections: [
      ...(signer === undefined
        ? [refusal("approval/not-eligible", { by: said.key, eligible: eligible.join(", ") })]
        : []),
      ...(missing.length === 0 ? [] : [refusal("approval/not-ticked", { missing: missing.join(", ") })]),
    ],
  });
  if (!prepared.ok) return prepared;
  const draft = { bytes: prepared.value.bytes, namespace: APPROVAL_NAMESPACE, key: said.key, command: commandOf(work) };
  return ok(draftObject(world, trust, draft));
};

/** What came back from a page. */
export interface SignedOnPage {
  readonly record: string;
  readonly signature: GivenSignature;
  readonly entry: "typed" | "pasted";
}

/** What became of it; where something moved since the draft, with what it is now. */
export type Posted<T> =
  | { readonly kind: "recorded"; readonly value: T }
  | { readonly kind: "refused"; readonly refusals: readonly [Refusal, ...Refusal[]]; readonly moved: readonly Moved[] };

/** Records what was signed, or refuses it; nothing of it is believed (surface.md 4.5). */
export const recordOfPage = async (world: World, given: SignedOnPage): Promise<Posted<RecordedApproval>> => {
  const bytes = new TextEncoder().encode(given.record);
  const read = readApprovalRecord(bytes);
  if (!read.ok) return { kind: "refused", refusals: read.refusals, moved: [] };
  const { workId: work } = read.value.record;
  if ((await world.store.work(work)) === "absent")
    return { kind: "refused", refusals: [refusal("contract/packet-absent", { work })], moved: [] };
  const done = await recordRead(world, given, read.value, bytes);
  if (done.ok) return { kind: "recorded", value: recordedObject(done.value) };
  const { refusals } = done;
  return { kind: "refused", refusals, moved: refusals.some(tellsOfNow) ? await movedNow(world, read.value) : [] };
};

// What is wrong with the record itself moves nothing.
const tellsOfNow = ({ code }: Refusal): boolean => code === "approval/stale" || !code.startsWith("approval/");

const recordRead = async (
  world: World,
  { signature: given, entry }: SignedOnPage,
  { record }: ReadApproval,
  bytes: Uint8Array,
): Promise<Result<Recorded, Refusal>> => {
  const { workId: work, approver, input } = record;
  const no = (why: Refusal): Promise<Result<never, Refusal>> => refusedApproval(world, work, [why], bytes);
  if (input.entry !== entry) return no(refusal("approval/not-as-drafted", { field: "entry" }));
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!trust.ok) return refusedApproval(world, work, trust.refusals, bytes);
  const { page = "no page" } = world.operator;
  const keys = approver.keyFingerprint === null ? [] : [approver.keyFingerprint];
  const asked = { message: bytes, namespace: APPROVAL_NAMESPACE, keys, page };
  const signature = signatureIn(given, trust.value, asked, world.clock.now().epochMs);
  return signature.ok
    ? recordSigned(world, { record: bytes, signature: signature.value, received: bytes })
    : no(refusal("approval/signature-invalid", { problem: signature.refusals[0] }));
};

/** What the record is bound to that is something else now. */
const movedNow = async (world: World, read: ReadApproval): Promise<readonly Moved[]> => {
  const facts = await readFacts(world, read.record.workId);
  const shown = presentFacts(world, facts);
  if (!shown.ok)
    return [{ what: "the ground of the approval", given: "one that may be approved", now: shown.refusals[0].code }];
  const { contract, packet, checksSource, admission } = shown.value;
  const { fingerprint: harnessKey } = await world.ownKeys.publicKey("harness");
  return movedSince(read, {
    contract,
    packet: packet.source.digest,
    admission: admission.digest,
    checks: checksSource === "absent" ? null : checksSource.digest,
    build: world.build.digest,
    harnessKey,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
  });
};

const recordedObject = (recorded: Recorded): RecordedApproval => {
  const isWhole = recorded.kind === "approved";
  const { approvalId: id, workId: work, approver, validity, quorum } = recorded.record;
  const signed = isWhole ? recorded.approval.voices.map((voice) => voice.record.approver.principal) : recorded.signed;
  return {
    approval: {
      id,
      work,
      state: isWhole ? "approved" : "waits",
      by: approver.principal,
      assurance: recorded.assurance,
      key: approver.keyFingerprint,
      expiresAt: validity.expiresAt,
      signed,
      required: quorum.required,
    },
    seq: recorded.seq,
    next: isWhole ? `cto run ${work}` : `cto approve ${work} --key KEY`,
  };
};
