import { approvalHistory } from "../workflow/approval/approval-history.ts";
import { APPROVAL_NAMESPACE, writeApprovalRecord, type ApprovalRecord } from "../workflow/approval/approval-record.ts";
import type { Approval } from "../workflow/approval/approval.ts";
import { approve, type SignedWords } from "../workflow/approval/approve.ts";
import { draftApproval, subjectsOf } from "../workflow/approval/draft-approval.ts";
import { quorumOf } from "../workflow/approval/quorum.ts";
import { requiredSentenceMatch } from "../workflow/approval/sentence.ts";
import type { Assurance } from "../workflow/authority.ts";
import { transition } from "../workflow/contract/work-item.ts";
import { digestOf } from "../workflow/digest.ts";
import { runId, type WorkId } from "../workflow/ids.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, type Result } from "../workflow/result.ts";
import { approverOf } from "./approver.ts";
import { askFor } from "./ask-for-approval.ts";
import { listWork } from "./list-work.ts";
import { openRound, type OpenRound } from "./open-round.ts";
import type { Presented } from "./present.ts";
import { readFacts, refuseAll } from "./read-facts.ts";
import type { World } from "./world.ts";

export interface Words {
  readonly bytes: Uint8Array;
  readonly entry: "typed" | "file";
  /** Path of the owner's private or public key; without one the words are host-attested only. */
  readonly key: string | undefined;
  readonly expiresMs: number | undefined;
}

/** The whole approval, or a record of it that waits for others. */
export type Recorded =
  | { readonly kind: "approved"; readonly approval: Approval; readonly seq: number }
  | {
      readonly kind: "waits";
      readonly record: ApprovalRecord;
      readonly signed: readonly string[];
      readonly seq: number;
    };

/** Compares the words, asks for the signature, checks it as the gate will, and records. A near miss records no consent. */
export const recordApproval = async (
  world: World,
  shown: Presented,
  words: Words,
): Promise<Result<Recorded, Refusal>> => {
  const work = shown.contract.workItem;
  const match = requiredSentenceMatch(shown.contract.requiredApproval, words.bytes);
  if (!match.ok) return refused(world, work, match.refusals, words.bytes);
  await listWork(world, work);
  const row = await world.store.work(work);
  const state = row === "absent" ? "candidate" : row.state;
  const isRenewed = state === "approved";
  const next = isRenewed ? transition(state, "stale", "harness") : transition(state, "approved", "owner");
  if (!next.ok) return next;

  // Read before anything is asked: a home without a key fails here, with nothing recorded.
  const { fingerprint: harnessKey } = await world.ownKeys.publicKey("harness");
  const round = await openRound(world, shown);
  const approver = await approverOf(world, shown, words, round);
  const again = objectionsToAgain(shown, approver, round);
  if (again.length > 0) return refused(world, work, again, words.bytes);
  const subjects = subjectsOf(shown.contract, shown.packet.source.digest, shown.admission, shown.authority);
  const asked = await askFor(world, { work, subjects, harnessKey }, round);
  const record = draftApproval({
    ...shown,
    ...asked,
    packet: {
      path: shown.packet.source.path,
      author: shown.packet.frontmatter.owner.value,
      checksSha256: shown.checksSource === "absent" ? null : shown.checksSource.digest,
    },
    subjects,
    input: {
      sha256: digestOf(words.bytes),
      terminator: match.value.terminator,
      entry: words.entry,
      presentedSha256: digestOf(shown.text),
      reviewedFromSha256: null,
    },
    harness: { version: world.build.version, buildSha256: world.build.digest, keyFingerprint: harnessKey },
    approver,
    requester: world.operator.user,
    expiresInMs: words.expiresMs ?? shown.authority.approvalExpiryMs,
    supersedes: null,
  });
  const bytes = new TextEncoder().encode(writeApprovalRecord(record, subjects));
  const signature =
    words.key === undefined
      ? ok("absent" as const)
      : await world.keys.askHumanToSign(bytes, APPROVAL_NAMESPACE, words.key);
  if (!signature.ok) return refused(world, work, signature.refusals, words.bytes);

  const said = [...(round === "none" ? [] : round.said), { record: bytes, signature: signature.value }];
  const approval = await judge(world, shown, said, harnessKey);
  const consent = { record, bytes, signature: signature.value };
  if (approval.ok) {
    const [own = approval.value] = approval.value.voices.filter(({ digest }) => digest === digestOf(bytes));
    const seq = await keep(world, work, { ...consent, assurance: own.assurance }, "approval.recorded");
    return ok({ kind: "approved", approval: approval.value, seq });
  }
  // Good in itself and only not enough: it is kept, and nothing is approved by it.
  if (approval.refusals.some(({ code }) => code !== "approval/quorum-not-met"))
    return refused(world, work, approval.refusals, words.bytes);
  const seq = await keep(world, work, { ...consent, assurance: record.approver.assurance }, "approval.joined");
  const signed = [...(round === "none" ? [] : round.records), record].map(({ approver: { principal } }) => principal);
  return ok({ kind: "waits", record, signed, seq });
};

// By principal and by key: neither counts twice, and a round that waits is not begun anew by a slip.
const objectionsToAgain = (
  { contract, authority }: Presented,
  { principal, keyFingerprint }: ApprovalRecord["approver"],
  round: OpenRound | "none",
): readonly Refusal[] => {
  if (round === "none") return [];
  const isAgain = round.records.some(
    ({ approver }) =>
      approver.principal === principal || (keyFingerprint !== null && approver.keyFingerprint === keyFingerprint),
  );
  const eligible = quorumOf(authority, contract.owner).eligible.join(", ");
  return isAgain ? [refusal("approval/already-signed", { by: principal, approval: round.approvalId, eligible })] : [];
};

/** The record judged over the bytes of now, by the function that the gate will ask. */
const judge = async (
  world: World,
  { contract, packet, checksSource }: Presented,
  said: readonly SignedWords[],
  harnessKey: string,
): Promise<Result<Approval, Refusal>> => {
  const facts = await readFacts(world, contract.workItem);
  return approve({
    said,
    contract,
    packet: packet.source.digest,
    admission: facts.admissionSource === "absent" ? "absent" : facts.admissionSource.digest,
    checks: checksSource === "absent" ? null : checksSource.digest,
    build: world.build.digest,
    harnessKey,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
    history: approvalHistory(await world.store.leaves(0)),
    run: runId(contract.workItem, 0),
    now: world.clock.now(),
  });
};

interface Kept {
  readonly record: ApprovalRecord;
  readonly bytes: Uint8Array;
  readonly signature: Uint8Array | "absent";
  readonly assurance: Assurance;
}

const keep = (
  world: World,
  work: WorkId,
  { record, bytes, signature, assurance }: Kept,
  type: "approval.recorded" | "approval.joined",
): Promise<number> =>
  world.store.transact(async (ledger) => {
    const digests = {
      record: await ledger.keep("approval", bytes),
      challenge: record.challenge.sha256,
      ...(signature === "absent" ? {} : { signature: await ledger.keep("signature", signature) }),
    };
    const now = await ledger.work(work);
    const harness = { actor: "harness", channel: "harness", work } as const;
    if (type === "approval.recorded" && now !== "absent" && now.state === "approved")
      await ledger.appendLeaf({ ...harness, type: "approval.stale", detail: { moved: "a newer approval" } });
    const { bootId, bootMs } = world.clock.now();
    const leaf = await ledger.appendLeaf({
      type,
      actor: record.approver.principal,
      channel: "cli",
      work,
      approvalId: record.approvalId,
      digests,
      detail: {
        assurance,
        expiresAt: record.validity.expiresAt,
        presented: record.input.presentedSha256,
        bootId,
        bootMs,
      },
    });
    return leaf.seq;
  });

const refused = async (
  world: World,
  work: WorkId,
  refusals: readonly Refusal[],
  received: Uint8Array,
): Promise<Result<never, Refusal>> => {
  await listWork(world, work);
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "approval.refused",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      work,
      refusals: refusals.map(({ code }) => code),
      digests: { received: digestOf(received) },
    }),
  );
  return refuseAll(refusals);
};
