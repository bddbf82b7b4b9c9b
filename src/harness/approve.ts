import type { Admission } from "../workflow/admission/admission.ts";
import { approvalHistory } from "../workflow/approval/approval-history.ts";
import { approve } from "../workflow/approval/approve.ts";
import type { Approval } from "../workflow/approval/approval.ts";
import { APPROVAL_NAMESPACE, writeApprovalRecord, type ApprovalRecord } from "../workflow/approval/approval-record.ts";
import { assuranceOf } from "../workflow/approval/assurance.ts";
import { requiredSentenceMatch } from "../workflow/approval/sentence.ts";
import type { Authority } from "../workflow/authority.ts";
import { contractDigest } from "../workflow/contract/contract.ts";
import { previewContract } from "../workflow/contract/preview-contract.ts";
import { transition } from "../workflow/contract/work-item.ts";
import { digestOf } from "../workflow/digest.ts";
import { runId, type WorkId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refusalsOf, type Result } from "../workflow/result.ts";
import { readPublicKeyLine } from "../workflow/ssh-public-key.ts";
import type { TrustRoot } from "../workflow/trust-root.ts";
import { checkpointOf } from "./checkpoint.ts";
import type { Drawn } from "./documents.ts";
import { listWork } from "./list-work.ts";
import { readFacts, refuseAll } from "./read-facts.ts";
import type { World } from "./world.ts";

/** What the owner is shown before the words are asked for: everything that the signature will bind (R052). */
export interface Presented extends Drawn {
  readonly text: string;
  readonly admission: Admission;
  readonly authority: Authority;
  readonly trust: TrustRoot;
}

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

/** The whole contract with its digests, or every reason why nothing can be approved now. */
export const present = async (world: World, work: WorkId): Promise<Result<Presented, Refusal>> => {
  const { authority, trust, drawn, observation, admission } = await readFacts(world, work);
  if (!authority.ok || !trust.ok || !drawn.ok || !observation.ok || !admission.ok)
    return refuseAll([authority, trust, drawn, admission, observation].flatMap(refusalsOf));
  const { head, tree, branch, realPath } = observation.value;
  const { packet, contract, checksSource } = drawn.value;
  const text = previewContract(packet, contract, {
    packet: packet.source.digest,
    contract: contractDigest(contract),
    admission: admission.value.digest,
    policy: authority.value.digest,
    checks: checksSource === "absent" ? "none" : checksSource.digest,
    target: `${realPath} ${branch}@${head} tree ${tree}`,
    harness: `${world.build.version} ${world.build.digest}`,
  });
  return ok({ ...drawn.value, text, admission: admission.value, authority: authority.value, trust: trust.value });
};

/** Compares the words, asks for the signature, checks it as the gate will, and records. A near miss records no consent. */
export const recordApproval = async (world: World, shown: Presented, words: Words): Promise<Result<Recorded, Refusal>> => {
  const { contract, packet } = shown;
  const work = contract.workItem;
  const match = requiredSentenceMatch(contract.requiredApproval, words.bytes);
  if (!match.ok) return refused(world, work, match.refusals, words.bytes);
  await listWork(world, work);
  const row = await world.store.work(work);
  const state = row === "absent" ? "candidate" : row.state;
  const next = transition(state, state === "approved" ? "stale" : "approved", state === "approved" ? "harness" : "owner");
  if (!next.ok) return next;

  const challenge = await issueChallenge(world, shown);
  const record = draftRecord(world, shown, words, match.value.terminator, challenge);
  const method = record.approver.method;
  const text = (fingerprint: string | null, assurance: ApprovalRecord["approver"]["assurance"]): Uint8Array =>
    new TextEncoder().encode(
      writeApprovalRecord(
        { ...record, approver: { ...record.approver, keyFingerprint: fingerprint, assurance } },
        {
          packet: packet.source.digest,
          contract: contractDigest(contract),
          admission: shown.admission.digest,
          policy: shown.authority.digest,
          target: { gitCommit: shown.admission.observation.head, gitTree: shown.admission.observation.tree },
        },
      ),
    );
  const fingerprint = words.key === undefined ? null : await fingerprintOf(world, words.key);
  const bytes = text(fingerprint, method === "sshsig" ? "A2" : assuranceOf(method));
  const signed = words.key === undefined ? ok("absent" as const) : await world.keys.askHumanToSign(bytes, APPROVAL_NAMESPACE, words.key);
  if (!signed.ok) return refused(world, work, signed.refusals, words.bytes);

  const facts = await readFacts(world, work);
  const approval = approve({
    said: { record: bytes, signature: signed.value },
    contract,
    packet: packet.source.digest,
    admission: facts.admissionSource === "absent" ? "absent" : facts.admissionSource.digest,
    checks: shown.checksSource === "absent" ? null : shown.checksSource.digest,
    build: world.build.digest,
    authority: facts.authority,
    trust: facts.trust,
    observation: facts.observation,
    history: approvalHistory(await world.store.leaves(0)),
    run: runId(work, 0),
    now: world.clock.now(),
  });
  if (!approval.ok) return refused(world, work, approval.refusals, words.bytes);

  const seq = await world.store.transact(async (ledger) => {
    const recordDigest = await ledger.keep("approval", bytes);
    const signature = signed.value === "absent" ? undefined : await ledger.keep("signature", signed.value);
    const now = await ledger.work(work);
    if (now !== "absent" && now.state === "approved")
      await ledger.appendLeaf({ type: "approval.stale", actor: "harness", channel: "harness", work, detail: { moved: "superseded by a newer approval" } });
    const leaf = await ledger.appendLeaf({
      type: "approval.recorded",
      actor: approval.value.record.approver.principal,
      channel: "cli",
      work,
      approvalId: record.approvalId,
      digests: { record: recordDigest, challenge: challenge.digest, ...(signature === undefined ? {} : { signature }) },
      detail: { assurance: approval.value.assurance, expiresAt: record.validity.expiresAt, presented: record.input.presentedSha256 },
    });
    return leaf.seq;
  });
  return ok({ approval: approval.value, seq });
};

const refused = async (
  world: World,
  work: WorkId,
  refusals: readonly Refusal[],
  received: Uint8Array,
): Promise<Result<never, Refusal>> => {
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

// Named in the record before it is signed, so that the signature and the record speak of one key.
const fingerprintOf = async (world: World, keyPath: string): Promise<string | null> => {
  const key = readPublicKeyLine((await world.keys.publicKeyOf(keyPath)).trim());
  return key.ok ? key.value.fingerprint : null;
};

interface Challenge {
  readonly id: string;
  readonly digest: ReturnType<typeof digestOf>;
  readonly nonce: string;
  readonly issuedAt: string;
  readonly bootId: string;
  readonly bootMs: number;
  readonly checkpoint: ApprovalRecord["ledgerCheckpoint"];
}

/** A question that only this home asked: no signature can be older than its nonce (evidence.md 3.4). */
const issueChallenge = async (world: World, shown: Presented): Promise<Challenge> => {
  const now = world.clock.now();
  const nonce = Buffer.from(world.clock.newNonce()).toString("base64url");
  const issuedAt = timeText(now.epochMs);
  const text = JSON.stringify({
    schema: "cto/challenge/v1",
    work: shown.contract.workItem,
    nonce,
    issuedAt,
    bootId: now.bootId,
    bootMs: now.bootMs,
    packet: shown.packet.source.digest,
    contract: contractDigest(shown.contract),
  });
  return world.store.transact(async (ledger) => {
    const digest = await ledger.keep("challenge", new TextEncoder().encode(text));
    await ledger.claimOnce("nonce", nonce, digest);
    const leaf = await ledger.appendLeaf({
      type: "approval.challenged",
      actor: `uid:${world.operator.uid}`,
      channel: "cli",
      work: shown.contract.workItem,
      digests: { challenge: digest },
    });
    const checkpoint = await checkpointOf(world, ledger);
    return { id: `ap-${leaf.seq}`, digest, nonce, issuedAt, bootId: now.bootId, bootMs: now.bootMs, checkpoint };
  });
};

const RUN_MARGIN_MS = 3_600_000;

const draftRecord = (
  world: World,
  { packet, contract, admission, authority, trust, text, checksSource }: Presented,
  words: Words,
  terminator: "none" | "LF" | "CRLF",
  challenge: Challenge,
): ApprovalRecord => {
  const { observation } = admission;
  const risk = contract.targetRepository.riskClassification;
  const issued = Date.parse(challenge.issuedAt);
  const expires = issued + Math.min(words.expiresMs ?? authority.approvalExpiryMs, authority.approvalExpiryMs);
  const isAtTerminal = words.entry === "typed" && world.operator.tty !== null;
  const method = words.key === undefined ? (isAtTerminal ? "tty" : "typed") : "sshsig";
  return {
    approvalId: challenge.id,
    workId: contract.workItem,
    decision: "approve",
    sentence: contract.requiredApproval,
    sentenceSha256: digestOf(contract.requiredApproval),
    sentenceRule: "ascii-exact/v1",
    input: {
      sha256: digestOf(words.bytes),
      terminator,
      entry: words.entry,
      surface: "cli",
      presentedSha256: digestOf(text),
      reviewedFromSha256: null,
    },
    packet: {
      path: packet.source.path,
      author: packet.frontmatter.owner.value,
      checksSha256: checksSource === "absent" ? null : checksSource.digest,
    },
    admission: { path: contract.targetRepository.admissionSource, status: "admitted", riskClass: risk },
    scope: {
      allowedPaths: contract.allowedPaths,
      forbiddenPaths: contract.forbiddenPaths,
      forbiddenActions: contract.forbiddenActions,
      validation: contract.validation.argv,
      maxCommits: 1,
      backend: contract.executionGate.backend,
      stage: contract.executionGate.stage,
      runtimeDefaultActivation: false,
    },
    target: {
      realpath: observation.realPath,
      rootCommits: observation.rootCommits,
      objectFormat: "sha1",
      headRef: `refs/heads/${observation.branch}`,
      headCommit: observation.head,
      headTree: observation.tree,
      clean: true,
    },
    harness: { version: world.build.version, buildSha256: world.build.digest, keyFingerprint: null },
    authority: { allowedSignersSha256: trust.digest, minimumAssurance: authority.riskClasses[risk]?.minimumAssurance ?? "A3" },
    supersedes: null,
    challenge: { nonce: challenge.nonce, issuedAt: challenge.issuedAt, sha256: challenge.digest, bootId: challenge.bootId, bootMs: challenge.bootMs },
    validity: {
      notBefore: challenge.issuedAt,
      expiresAt: timeText(expires),
      executeBy: timeText(expires + authority.limits.wallMs + RUN_MARGIN_MS),
      maxUses: 1,
    },
    quorum: { required: 1, eligible: [contract.owner], requester: world.operator.user, selfApproved: packet.frontmatter.owner.value === contract.owner, distinctKeys: true },
    approver: { principal: contract.owner, method, keyFingerprint: null, assurance: "A0" },
    ledgerCheckpoint: challenge.checkpoint,
  };
};

export const withdraw = async (world: World, work: WorkId, reason: string): Promise<Result<{ readonly approvalId: string }, Refusal>> => {
  const leaves = await world.store.leaves(0);
  const last = leaves.findLast((leaf) => leaf.type === "approval.recorded" && leaf.work === work);
  if (last?.approvalId === undefined) return refuseAll([refusal("approval/absent", { work })]);
  const { approvalId } = last;
  const history = approvalHistory(leaves);
  const by = history.withdrawn.get(approvalId);
  if (by !== undefined) return refuseAll([refusal("approval/withdrawn", { approval: approvalId, by })]);
  await world.store.transact((ledger) =>
    ledger.appendLeaf({
      type: "approval.withdrawn",
      actor: world.operator.user,
      channel: "cli",
      work,
      approvalId,
      detail: { reason, uid: world.operator.uid, tty: world.operator.tty },
    }),
  );
  return ok({ approvalId });
};
