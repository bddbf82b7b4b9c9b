import { z } from "zod";

import { ASSURANCE_LEVELS } from "../authority.ts";
import { BACKEND_KINDS } from "../contract/contract.ts";
import { digestOf, type Digest } from "../digest.ts";
import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { readStrictJson } from "../strict-json.ts";
import {
  writtenDigest,
  writtenFingerprint,
  writtenLine,
  writtenOid,
  writtenOrigin,
  writtenSubject,
  writtenTime,
  writtenWorkId,
} from "../written.ts";
import { APPROVAL_PREDICATE, STATEMENT_TYPE, type ApprovalRecord, type ApprovalSubjects } from "./approval-record.ts";
import { TERMINATORS } from "./sentence.ts";

export interface ReadApproval {
  readonly record: ApprovalRecord;
  readonly subjects: ApprovalSubjects;
}

/** The signed bytes, parsed once and in one meaning. What contradicts itself is not read at all. */
export const readApprovalRecord = (bytes: Uint8Array): Result<ReadApproval, Refusal> => {
  const no = (problem: string): Result<never, Refusal> => refuse(refusal("approval/record-unreadable", { problem }));
  const statement = readStrictJson(bytes, LIMITS.approvalRecordBytesMax, approvalSchema);
  if (!statement.ok) return no(statement.refusals[0]);
  const { predicate: record, subject } = statement.value;
  const [packet, contract, admission, policy, target] = subject;
  const subjects: ApprovalSubjects = {
    packet: packet.digest.sha256,
    contract: contract.digest.sha256,
    admission: admission.digest.sha256,
    policy: policy.digest.sha256,
    target: target.digest,
  };
  const contradiction = contradictionIn(record, subjects);
  return contradiction === undefined ? ok({ record, subjects }) : no(contradiction);
};

const contradictionIn = (record: ApprovalRecord, subjects: ApprovalSubjects): string | undefined => {
  const { sentence, input, validity, target, challenge } = record;
  const { gitCommit, gitTree } = subjects.target;
  const holds = {
    "sentenceSha256 is not the digest of the sentence": record.sentenceSha256 === digestOf(sentence),
    "input.sha256 is not the digest of the sentence and its line ending":
      input.sha256 === digestOf(`${sentence}${TERMINATORS[input.terminator]}`),
    "target and its subject differ": target.headCommit === gitCommit && target.headTree === gitTree,
    "validity is not in order":
      Date.parse(challenge.issuedAt) <= Date.parse(validity.notBefore) &&
      Date.parse(validity.notBefore) < Date.parse(validity.expiresAt) &&
      Date.parse(validity.expiresAt) <= Date.parse(validity.executeBy),
    "the approver is not eligible": record.quorum.eligible.includes(record.approver.principal),
  };
  return Object.entries(holds).find(([, held]) => !held)?.[0];
};

const lines = z.array(writtenLine).max(1000).readonly();

const predicate: z.ZodType<ApprovalRecord> = z.strictObject({
  approvalId: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  workId: writtenWorkId,
  decision: z.literal("approve"),
  sentence: z.string().regex(/^[ -~]{1,4096}$/),
  sentenceSha256: writtenDigest,
  sentenceRule: z.literal("ascii-exact/v1"),
  input: z.strictObject({
    sha256: writtenDigest,
    terminator: z.enum(["none", "LF", "CRLF"]),
    entry: z.enum(["typed", "pasted", "file"]),
    surface: z.enum(["cli", "web"]),
    presentedSha256: writtenDigest,
    reviewedFromSha256: writtenDigest.nullable(),
  }),
  packet: z.strictObject({ path: writtenLine, author: writtenLine, checksSha256: writtenDigest.nullable() }),
  admission: z.strictObject({ path: writtenLine, status: z.literal("admitted"), riskClass: writtenLine }),
  scope: z.strictObject({
    allowedPaths: lines,
    forbiddenPaths: lines,
    allowedHosts: lines.exactOptional(),
    forbiddenActions: lines,
    validation: lines,
    maxCommits: z.literal(1),
    backend: z.enum(BACKEND_KINDS),
    stage: z.int().min(0).max(5),
    runtimeDefaultActivation: z.literal(false),
  }),
  target: z.strictObject({
    realpath: writtenLine,
    rootCommits: z.array(writtenOid).min(1).max(64).readonly(),
    objectFormat: z.literal("sha1"),
    headRef: writtenLine,
    headCommit: writtenOid,
    headTree: writtenOid,
    clean: z.literal(true),
  }),
  harness: z.strictObject({
    version: writtenLine,
    buildSha256: writtenDigest,
    keyFingerprint: writtenFingerprint.nullable(),
  }),
  authority: z.strictObject({ allowedSignersSha256: writtenDigest, minimumAssurance: z.enum(ASSURANCE_LEVELS) }),
  supersedes: writtenLine.nullable(),
  challenge: z.strictObject({
    nonce: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
    issuedAt: writtenTime,
    sha256: writtenDigest,
    bootId: writtenLine,
    bootMs: z.number().nonnegative(),
  }),
  validity: z.strictObject({
    notBefore: writtenTime,
    expiresAt: writtenTime,
    executeBy: writtenTime,
    maxUses: z.literal(1),
  }),
  quorum: z.strictObject({
    required: z.int().min(1).max(LIMITS.approversMax),
    eligible: lines,
    requester: writtenLine,
    selfApproved: z.boolean(),
    distinctKeys: z.literal(true),
  }),
  approver: z.strictObject({
    principal: writtenLine,
    method: z.enum(["typed", "tty", "sshsig"]),
    keyFingerprint: writtenFingerprint.nullable(),
    assurance: z.enum(ASSURANCE_LEVELS),
    origin: writtenOrigin.exactOptional(),
  }),
  ledgerCheckpoint: z.strictObject({ origin: writtenLine, size: z.int().nonnegative(), rootHash: writtenLine }),
});

interface ApprovalStatement {
  readonly _type: typeof STATEMENT_TYPE;
  readonly predicateType: typeof APPROVAL_PREDICATE;
  readonly subject: readonly [Subject<"packet">, Subject<"contract">, Subject<"admission">, Subject<"policy">, Target];
  readonly predicate: ApprovalRecord;
}
interface Subject<Name extends string> {
  readonly name: Name;
  readonly digest: { readonly sha256: Digest };
}
interface Target {
  readonly name: "target";
  readonly digest: ApprovalSubjects["target"];
}

/** The form of a signed approval record; what of it must agree with the rest of it, only the reader says. */
export const approvalSchema: z.ZodType<ApprovalStatement> = z.strictObject({
  _type: z.literal(STATEMENT_TYPE),
  predicateType: z.literal(APPROVAL_PREDICATE),
  subject: z.tuple([
    writtenSubject("packet"),
    writtenSubject("contract"),
    writtenSubject("admission"),
    writtenSubject("policy"),
    z.strictObject({
      name: z.literal("target"),
      digest: z.strictObject({ gitCommit: writtenOid, gitTree: writtenOid }),
    }),
  ]),
  predicate,
});
