import type { Admission } from "../admission/admission.ts";
import type { Authority } from "../authority.ts";
import { contractDigest, type Contract } from "../contract/contract.ts";
import { digestOf, type Digest } from "../digest.ts";
import { timeText } from "../instant.ts";
import type { TrustRoot } from "../trust-root.ts";
import { headRefOf, scopeOf } from "./approval-binding.ts";
import type { ApprovalRecord, ApprovalSubjects } from "./approval-record.ts";
import { quorumOf } from "./quorum.ts";

/** What `cto approve` knows when the exact sentence was said. It becomes an approval only by `approve`. */
export interface ApprovalDraft {
  readonly approvalId: string;
  readonly contract: Contract;
  readonly packet: { readonly path: string; readonly author: string; readonly checksSha256: Digest | null };
  readonly admission: Admission;
  readonly authority: Authority;
  readonly trust: TrustRoot;
  readonly subjects: ApprovalSubjects;
  readonly challenge: ApprovalRecord["challenge"];
  readonly input: ApprovalRecord["input"];
  readonly harness: ApprovalRecord["harness"];
  readonly approver: ApprovalRecord["approver"];
  readonly requester: string;
  /** How long it may wait for its run; never longer than the policy's. */
  readonly expiresInMs: number;
  /** Of the first record of a quorum: who joins cannot make it last longer. */
  readonly validity?: ApprovalRecord["validity"] | undefined;
  readonly supersedes: string | null;
  readonly ledgerCheckpoint: ApprovalRecord["ledgerCheckpoint"];
}

export const subjectsOf = (
  contract: Contract,
  packet: Digest,
  admission: Admission,
  authority: Authority,
): ApprovalSubjects => ({
  packet,
  contract: contractDigest(contract),
  admission: admission.digest,
  policy: authority.digest,
  target: { gitCommit: admission.observation.head, gitTree: admission.observation.tree },
});

export const draftApproval = (draft: ApprovalDraft): ApprovalRecord => {
  const { contract, admission, authority, trust, challenge, approver } = draft;
  const { observation, record: admitted } = admission;
  const notBefore = Date.parse(challenge.issuedAt);
  const expiresAt = notBefore + Math.min(draft.expiresInMs, authority.approvalExpiryMs);
  const quorum = quorumOf(authority, contract.owner);
  const risk = authority.riskClasses[admitted.riskClassification];
  return {
    approvalId: draft.approvalId,
    workId: contract.workItem,
    decision: "approve",
    sentence: contract.requiredApproval,
    sentenceSha256: digestOf(contract.requiredApproval),
    sentenceRule: "ascii-exact/v1",
    input: draft.input,
    packet: draft.packet,
    admission: {
      path: contract.targetRepository.admissionSource,
      status: "admitted",
      riskClass: admitted.riskClassification,
    },
    scope: scopeOf(contract),
    target: {
      realpath: observation.realPath,
      rootCommits: observation.rootCommits,
      objectFormat: "sha1",
      headRef: headRefOf(observation.branch),
      headCommit: observation.head,
      headTree: observation.tree,
      clean: true,
    },
    harness: draft.harness,
    authority: { allowedSignersSha256: trust.digest, minimumAssurance: risk?.minimumAssurance ?? "A3" },
    supersedes: draft.supersedes,
    challenge,
    validity: draft.validity ?? {
      notBefore: timeText(notBefore),
      expiresAt: timeText(expiresAt),
      executeBy: timeText(expiresAt + authority.limits.wallMs),
      maxUses: 1,
    },
    quorum: {
      required: quorum.required,
      eligible: quorum.eligible,
      requester: draft.requester,
      selfApproved: draft.packet.author === approver.principal,
      distinctKeys: true,
    },
    approver,
    ledgerCheckpoint: draft.ledgerCheckpoint,
  };
};
