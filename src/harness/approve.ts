import { approvalHistory } from "../workflow/approval/approval-history.ts";
import { APPROVAL_NAMESPACE, writeApprovalRecord, type ApprovalRecord } from "../workflow/approval/approval-record.ts";
import type { Approval } from "../workflow/approval/approval.ts";
import { approve } from "../workflow/approval/approve.ts";
import { assuranceOf } from "../workflow/approval/assurance.ts";
import { makeChallenge, writeChallenge, type Challenge } from "../workflow/approval/challenge.ts";
import { draftApproval, subjectsOf } from "../workflow/approval/draft-approval.ts";
import { requiredSentenceMatch } from "../workflow/approval/sentence.ts";
import { transition } from "../workflow/contract/work-item.ts";
import { digestOf } from "../workflow/digest.ts";
import { runId, type WorkId } from "../workflow/ids.ts";
import type { Refusal } from "../workflow/refusal.ts";
import { ok, type Result } from "../workflow/result.ts";
import { readPublicKeyLine } from "../workflow/ssh-public-key.ts";
import { listWork } from "./list-work.ts";
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

export interface Recorded {
  readonly approval: Approval;
  readonly seq: number;
}

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

  const asked = await issueChallenge(world, shown);
  const approver = await approverOf(world, shown, words);
  const subjects = asked.challenge.subjects;
  const record = draftApproval({
    ...shown,
    approvalId: asked.approvalId,
    packet: {
      path: shown.packet.source.path,
      author: shown.packet.frontmatter.owner.value,
      checksSha256: shown.checksSource === "absent" ? null : shown.checksSource.digest,
    },
    subjects,
    challenge: asked.challenge,
    input: {
      sha256: digestOf(words.bytes),
      terminator: match.value.terminator,
      entry: words.entry,
      presentedSha256: digestOf(shown.text),
      reviewedFromSha256: null,
    },
    harness: { version: world.build.version, buildSha256: world.build.digest, keyFingerprint: null },
    approver,
    requester: world.operator.user,
    expiresInMs: words.expiresMs ?? shown.authority.approvalExpiryMs,
    supersedes: null,
    ledgerCheckpoint: asked.checkpoint,
  });
  const bytes = new TextEncoder().encode(writeApprovalRecord(record, subjects));
  const signature =
    words.key === undefined
      ? ok("absent" as const)
      : await world.keys.askHumanToSign(bytes, APPROVAL_NAMESPACE, words.key);
  if (!signature.ok) return refused(world, work, signature.refusals, words.bytes);

  const approval = await judge(world, shown, bytes, signature.value);
  if (!approval.ok) return refused(world, work, approval.refusals, words.bytes);
  return ok({ approval: approval.value, seq: await keep(world, work, approval.value, bytes, signature.value) });
};

/** The record judged over the bytes of now, by the function that the gate will ask. */
const judge = async (
  world: World,
  { contract, packet, checksSource }: Presented,
  record: Uint8Array,
  signature: Uint8Array | "absent",
): Promise<Result<Approval, Refusal>> => {
  const facts = await readFacts(world, contract.workItem);
  return approve({
    said: { record, signature },
    contract,
    packet: packet.source.digest,
    admission: facts.admissionSource === "absent" ? "absent" : facts.admissionSource.digest,
    checks: checksSource === "absent" ? null : checksSource.digest,
    build: world.build.digest,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
    history: approvalHistory(await world.store.leaves(0)),
    run: runId(contract.workItem, 0),
    now: world.clock.now(),
  });
};

const keep = (
  world: World,
  work: WorkId,
  { record, assurance }: Approval,
  bytes: Uint8Array,
  signature: Uint8Array | "absent",
): Promise<number> =>
  world.store.transact(async (ledger) => {
    const digests = {
      record: await ledger.keep("approval", bytes),
      challenge: record.challenge.sha256,
      ...(signature === "absent" ? {} : { signature: await ledger.keep("signature", signature) }),
    };
    const now = await ledger.work(work);
    const harness = { actor: "harness", channel: "harness", work } as const;
    if (now !== "absent" && now.state === "approved")
      await ledger.appendLeaf({ ...harness, type: "approval.stale", detail: { moved: "a newer approval" } });
    const leaf = await ledger.appendLeaf({
      type: "approval.recorded",
      actor: record.approver.principal,
      channel: "cli",
      work,
      approvalId: record.approvalId,
      digests,
      detail: { assurance, expiresAt: record.validity.expiresAt, presented: record.input.presentedSha256 },
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

interface Asked {
  readonly approvalId: string;
  readonly challenge: Challenge;
  readonly checkpoint: ApprovalRecord["ledgerCheckpoint"];
}

/** A question that only this home asked: no signature can be older than its nonce (evidence.md 3.4). */
const issueChallenge = (world: World, { contract, packet, admission, authority }: Presented): Promise<Asked> => {
  const subjects = subjectsOf(contract, packet.source.digest, admission, authority);
  const challenge = makeChallenge(contract.workItem, subjects, world.clock.now(), world.clock.newNonce(), null);
  return world.store.transact(async (ledger) => {
    const digest = await ledger.keep("challenge", new TextEncoder().encode(writeChallenge(challenge)));
    await ledger.claimOnce("nonce", challenge.nonce, digest);
    const leaf = await ledger.appendLeaf({
      type: "approval.challenged",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      work: contract.workItem,
      digests: { challenge: digest },
    });
    return { approvalId: `ap-${leaf.seq}`, challenge, checkpoint: (await ledger.head()).checkpoint };
  });
};

// The key is named in the record before it is signed, so that record and signature speak of one key.
const approverOf = async (
  world: World,
  { contract }: Presented,
  { key, entry }: Words,
): Promise<ApprovalRecord["approver"]> => {
  const principal = contract.owner;
  if (key === undefined) {
    const method = entry === "typed" && world.operator.tty !== null ? "tty" : "typed";
    return { principal, method, keyFingerprint: null, assurance: assuranceOf(method) };
  }
  const line = readPublicKeyLine((await world.keys.publicKeyOf(key)).trim());
  return { principal, method: "sshsig", keyFingerprint: line.ok ? line.value.fingerprint : null, assurance: "A2" };
};
