import { z } from "zod";

import { textIn } from "./bytes.ts";
import { strictJson } from "./strict-json.ts";

/** What humans signed, as the verifier reads it: only the members that it compares. */
export interface Records {
  readonly approvals: readonly { readonly file: string; readonly record: ApprovalStatement | undefined }[];
  readonly contract: ContractView | undefined;
  readonly admission: AdmissionView | undefined;
}

export type Level = "A0" | "A1" | "A2" | "A3";

export interface ApprovalStatement {
  readonly subject: readonly { readonly name: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicate: {
    readonly approvalId: string;
    readonly workId: string;
    readonly sentence: string;
    readonly sentenceSha256: string;
    readonly input: { readonly sha256: string; readonly terminator: "none" | "LF" | "CRLF" };
    readonly packet: { readonly checksSha256: string | null };
    readonly scope: {
      readonly allowedPaths: readonly string[];
      readonly forbiddenPaths: readonly string[];
      readonly allowedHosts?: readonly string[] | undefined;
      readonly forbiddenActions: readonly string[];
      readonly validation: readonly string[];
      readonly backend: string;
      readonly stage: number;
    };
    readonly admission: { readonly path: string; readonly riskClass: string };
    readonly target: {
      readonly realpath: string;
      readonly rootCommits: readonly string[];
      readonly headRef: string;
      readonly headCommit: string;
      readonly headTree: string;
    };
    readonly authority: { readonly allowedSignersSha256: string; readonly minimumAssurance: Level };
    readonly challenge: {
      readonly nonce: string;
      readonly issuedAt: string;
      readonly sha256: string;
      readonly bootId: string;
      readonly bootMs: number;
    };
    readonly harness: {
      readonly version: string;
      readonly buildSha256: string;
      readonly keyFingerprint: string | null;
    };
    readonly ledgerCheckpoint: { readonly origin: string; readonly size: number; readonly rootHash: string };
    readonly validity: { readonly notBefore: string; readonly expiresAt: string; readonly executeBy: string };
    readonly quorum: { readonly required: number; readonly eligible: readonly string[] };
    readonly approver: {
      readonly principal: string;
      readonly method: "typed" | "tty" | "sshsig";
      readonly keyFingerprint: string | null;
      readonly assurance: Level;
      readonly origin?: string | undefined;
    };
  };
}

export interface ContractView {
  readonly owner: string;
  readonly workItem: string;
  readonly targetRepository: {
    readonly path: string;
    readonly owner: string;
    readonly admissionSource: string;
    readonly riskClassification: string;
  };
  readonly allowedPaths: readonly string[];
  readonly forbiddenPaths: readonly string[];
  readonly allowedHosts?: readonly string[] | undefined;
  readonly forbiddenActions: readonly string[];
  readonly successCriteria: readonly { readonly id: string; readonly check: string; readonly text: string }[];
  readonly validation: { readonly argv: readonly string[] };
  readonly requiredApproval: string;
  readonly executionGate: { readonly backend: string; readonly stage: number };
}

export interface AdmissionView {
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly rootCommits: readonly string[];
  readonly branch: string;
  readonly owner: string;
  readonly riskClassification: string;
  readonly stages: readonly number[];
  readonly backends: readonly string[];
  readonly admittedAt: string;
  readonly expiresAt: string;
}

export const readRecords = (files: ReadonlyMap<string, Uint8Array>): Records => ({
  approvals: [...files.keys()]
    .filter((path) => /^approval\/approval\..+\.json$/.test(path))
    .sort()
    .map((file) => ({ file, record: readAs(files.get(file), approvalSchema) })),
  contract: readAs(files.get("approval/contract.json"), contractSchema),
  admission: readAs(files.get("approval/admission.json"), admissionSchema),
});

const readAs = <T>(bytes: Uint8Array | undefined, schema: z.ZodType<T>): T | undefined => {
  const text = bytes === undefined ? undefined : textIn(bytes);
  const json = text === undefined ? undefined : strictJson(text);
  const read = json === undefined ? undefined : schema.safeParse(json.value);
  return read?.success === true ? read.data : undefined;
};

const text = z.string();
const texts = z.array(text);
const time = z.iso.datetime();
const level = z.enum(["A0", "A1", "A2", "A3"]);

const subjectOf = (name: string): z.ZodType<ApprovalStatement["subject"][number]> =>
  z.strictObject({ name: z.literal(name), digest: z.strictObject({ sha256: text }) });

const approvalSchema: z.ZodType<ApprovalStatement> = z.looseObject({
  _type: z.literal("https://in-toto.io/Statement/v1"),
  predicateType: z.literal("urn:cto-harness:predicate:approval:v1"),
  subject: z.tuple([
    subjectOf("packet"),
    subjectOf("contract"),
    subjectOf("admission"),
    subjectOf("policy"),
    z.strictObject({ name: z.literal("target"), digest: z.strictObject({ gitCommit: text, gitTree: text }) }),
  ]),
  predicate: z.looseObject({
    approvalId: text,
    workId: text,
    decision: z.literal("approve"),
    sentence: text,
    sentenceSha256: text,
    sentenceRule: z.literal("ascii-exact/v1"),
    input: z.looseObject({ sha256: text, terminator: z.enum(["none", "LF", "CRLF"]) }),
    packet: z.looseObject({ checksSha256: text.nullable() }),
    scope: z.looseObject({
      allowedPaths: texts,
      forbiddenPaths: texts,
      allowedHosts: texts.optional(),
      forbiddenActions: texts,
      validation: texts,
      maxCommits: z.literal(1),
      backend: text,
      stage: z.number(),
      runtimeDefaultActivation: z.literal(false),
    }),
    admission: z.looseObject({ path: text, status: z.literal("admitted"), riskClass: text }),
    target: z.looseObject({
      realpath: text,
      rootCommits: texts,
      headRef: text,
      headCommit: text,
      headTree: text,
      clean: z.literal(true),
    }),
    authority: z.looseObject({ allowedSignersSha256: text, minimumAssurance: level }),
    challenge: z.looseObject({ nonce: text, issuedAt: time, sha256: text, bootId: text, bootMs: z.number() }),
    harness: z.looseObject({ version: text, buildSha256: text, keyFingerprint: text.nullable() }),
    validity: z.looseObject({ notBefore: time, expiresAt: time, executeBy: time, maxUses: z.literal(1) }),
    quorum: z.looseObject({
      required: z.int().min(1),
      eligible: texts,
      distinctKeys: z.literal(true),
    }),
    approver: z.looseObject({
      principal: text,
      method: z.enum(["typed", "tty", "sshsig"]),
      keyFingerprint: text.nullable(),
      assurance: level,
      origin: text.optional(),
    }),
    ledgerCheckpoint: z.strictObject({ origin: text, size: z.int().nonnegative(), rootHash: text }),
  }),
});

const contractSchema: z.ZodType<ContractView> = z.looseObject({
  schema: z.literal("cto/contract/v1"),
  owner: text,
  workItem: text,
  targetRepository: z.looseObject({
    path: text,
    owner: text,
    admissionSource: text,
    riskClassification: text,
  }),
  allowedPaths: texts,
  forbiddenPaths: texts,
  allowedHosts: texts.optional(),
  forbiddenActions: texts,
  successCriteria: z.array(z.looseObject({ id: text, check: text, text })),
  validation: z.looseObject({ argv: texts }),
  requiredApproval: text,
  runtimeDefaultActivation: z.literal(false),
  executionGate: z.looseObject({ backend: text, stage: z.number() }),
});

const admissionSchema: z.ZodType<AdmissionView> = z.looseObject({
  schema: z.literal("cto/admission/v1"),
  status: z.literal("admitted"),
  path: text,
  device: text,
  inode: text,
  rootCommits: texts,
  branch: text,
  owner: text,
  riskClassification: text,
  stages: z.array(z.number()),
  backends: texts,
  admittedAt: time,
  expiresAt: time,
});
