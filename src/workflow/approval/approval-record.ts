import type { Assurance } from "../authority.ts";
import type { BackendKind } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { Oid, WorkId } from "../ids.ts";

/** The predicate of an approval record (evidence.md 3.2). The record is an in-toto Statement v1, signed as it is. */
export interface ApprovalRecord {
  readonly approvalId: string;
  readonly workId: WorkId;
  readonly decision: "approve";
  readonly sentence: string;
  readonly sentenceSha256: Digest;
  readonly sentenceRule: "ascii-exact/v1";
  readonly input: {
    readonly sha256: Digest;
    readonly terminator: "none" | "LF" | "CRLF";
    readonly entry: "typed" | "pasted" | "file";
    readonly surface: "cli" | "web";
    readonly presentedSha256: Digest;
    readonly reviewedFromSha256: Digest | null;
  };
  readonly packet: { readonly path: string; readonly author: string; readonly checksSha256: Digest | null };
  readonly admission: { readonly path: string; readonly status: "admitted"; readonly riskClass: string };
  readonly scope: {
    readonly allowedPaths: readonly string[];
    readonly forbiddenPaths: readonly string[];
    readonly allowedHosts?: readonly string[];
    readonly forbiddenActions: readonly string[];
    readonly validation: readonly string[];
    readonly maxCommits: 1;
    readonly backend: BackendKind;
    readonly stage: number;
    readonly runtimeDefaultActivation: false;
  };
  readonly target: {
    readonly realpath: string;
    readonly rootCommits: readonly Oid[];
    readonly objectFormat: "sha1";
    readonly headRef: string;
    readonly headCommit: Oid;
    readonly headTree: Oid;
    readonly clean: true;
  };
  readonly harness: { readonly version: string; readonly buildSha256: Digest; readonly keyFingerprint: string | null };
  readonly authority: { readonly allowedSignersSha256: Digest; readonly minimumAssurance: Assurance };
  readonly supersedes: string | null;
  readonly challenge: {
    readonly nonce: string;
    readonly issuedAt: string;
    readonly sha256: Digest;
    readonly bootId: string;
    readonly bootMs: number;
  };
  readonly validity: {
    readonly notBefore: string;
    readonly expiresAt: string;
    readonly executeBy: string;
    readonly maxUses: 1;
  };
  readonly quorum: {
    readonly required: number;
    readonly eligible: readonly string[];
    readonly requester: string;
    readonly selfApproved: boolean;
    readonly distinctKeys: true;
  };
  readonly approver: {
    readonly principal: string;
    readonly method: "typed" | "tty" | "sshsig";
    readonly keyFingerprint: string | null;
    readonly assurance: Assurance;
    /** The page on which a passkey is asked; left out for keys that answer to no page. */
    readonly origin?: string;
  };
  readonly ledgerCheckpoint: { readonly origin: string; readonly size: number; readonly rootHash: string };
}

/** The subjects of the record, in this order (evidence.md 3.2). */
export interface ApprovalSubjects {
  readonly packet: Digest;
  readonly contract: Digest;
  readonly admission: Digest;
  readonly policy: Digest;
  readonly target: { readonly gitCommit: Oid; readonly gitTree: Oid };
}

export const APPROVAL_NAMESPACE = "approval@cto-harness";
export const STATEMENT_TYPE = "https://in-toto.io/Statement/v1";
export const APPROVAL_PREDICATE = "urn:cto-harness:predicate:approval:v1";

/** The exact bytes that the owner signs. */
export const writeApprovalRecord = (record: ApprovalRecord, subjects: ApprovalSubjects): string => {
  const named = (name: "packet" | "contract" | "admission" | "policy"): object => ({
    name,
    digest: { sha256: subjects[name] },
  });
  const statement = {
    _type: STATEMENT_TYPE,
    predicateType: APPROVAL_PREDICATE,
    subject: [
      named("packet"),
      named("contract"),
      named("admission"),
      named("policy"),
      { name: "target", digest: { gitCommit: subjects.target.gitCommit, gitTree: subjects.target.gitTree } },
    ],
    predicate: record,
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
};
