import { z } from "zod";

type Known<T> = T | "unknown";

interface CheckpointView {
  readonly origin: string;
  readonly size: number;
  readonly rootHash: string;
}

/** freshness-proof.json (evidence.md 9.1). What could not be read is "unknown", and its claim is not made. */
export interface FreshnessProof {
  readonly schema: "cto/freshness/v1";
  readonly run: string;
  readonly challenge: Known<{
    readonly nonce: string;
    readonly issuedAt: string;
    /** The Harness key that the challenge names; null where the home had none. */
    readonly issuedByKey: string | null;
    readonly sha256: string;
  }>;
  readonly consumption: Known<{
    readonly approvalId: string;
    readonly ledgerIndex: number;
    /** RFC 6962 root of the ledger right before it, base64. */
    readonly rootBefore: string;
    readonly at: string;
    readonly method: string;
  }>;
  /** The list of revoked keys that the gate read, by digest; "none" where the home had none. */
  readonly revocation: Known<{ readonly sha256: string }>;
  readonly approvals: readonly {
    readonly approvalId: string;
    readonly principal: string;
    readonly recordSha256: string;
    readonly signatureSha256: string | null;
    readonly notBefore: string;
    readonly expiresAt: string;
    readonly executeBy: string;
  }[];
  readonly inputs: {
    readonly [input: string]: {
      readonly atApproval: string;
      readonly atGate: string;
      readonly atCommit: string;
      readonly equal: Known<boolean>;
    };
  };
  readonly repo: {
    readonly baseCommit: string;
    readonly baseTree: string;
    readonly headAtApproval: string;
    readonly headAtGate: string;
    readonly headBeforeFirstWrite: string;
    readonly headAfter: string;
    readonly treeAfter: string;
    readonly commitsCreated: readonly string[];
    readonly parentIsBase: Known<boolean>;
    readonly validatedTree: string;
  };
  readonly timeline: readonly {
    readonly step: string;
    readonly realtime: string;
    readonly boottimeMs: Known<number>;
    readonly bootId: string;
    readonly sequence: Known<number>;
  }[];
  readonly clock: {
    readonly sources: readonly string[];
    /** Whether anybody kept the wall clock right is not read: it is the operator's word. */
    readonly ntpSynchronized: "unknown";
    readonly maxSkewMs: number;
    /** Of the whole timeline. */
    readonly sameBoot: Known<boolean>;
  };
  readonly age: Known<{
    readonly byRealtimeMs: Known<number>;
    /** Null when the machine was started again since: the boot clock knows nothing across a reboot. */
    readonly byBoottimeMs: Known<number | null>;
    readonly limitMs: number;
    readonly ok: Known<boolean>;
  }>;
  readonly host: {
    readonly hostId: string;
    readonly kernel: string;
    readonly bootId: string;
    readonly uid: number;
    readonly loginuid: Known<number>;
    readonly container: string | null;
  };
  readonly anchors: {
    /** The ledger when the approval was spent. */
    readonly ledgerCheckpoint: Known<CheckpointView>;
    /** The newest one that a human signed before that. */
    readonly lastHumanCheckpoint: Known<CheckpointView>;
    /** No timestamp authority is asked: the slot stays empty. */
    readonly rfc3161: readonly string[];
  };
  readonly claims: readonly string[];
  readonly notClaimed: readonly string[];
}

const text = z.string();
const unknown = z.literal("unknown");
const number = z.union([z.number(), unknown]);
const boolean = z.union([z.boolean(), unknown]);

const checkpoint = z.strictObject({ origin: text, size: z.int().nonnegative(), rootHash: text });

export const freshnessSchema: z.ZodType<FreshnessProof> = z.strictObject({
  schema: z.literal("cto/freshness/v1"),
  run: text,
  challenge: z.union([
    unknown,
    z.strictObject({ nonce: text, issuedAt: text, issuedByKey: text.nullable(), sha256: text }),
  ]),
  consumption: z.union([
    unknown,
    z.strictObject({ approvalId: text, ledgerIndex: z.int(), rootBefore: text, at: text, method: text }),
  ]),
  revocation: z.union([unknown, z.strictObject({ sha256: text })]),
  approvals: z.array(
    z.strictObject({
      approvalId: text,
      principal: text,
      recordSha256: text,
      signatureSha256: text.nullable(),
      notBefore: text,
      expiresAt: text,
      executeBy: text,
    }),
  ),
  inputs: z.record(text, z.strictObject({ atApproval: text, atGate: text, atCommit: text, equal: boolean })),
  repo: z.strictObject({
    baseCommit: text,
    baseTree: text,
    headAtApproval: text,
    headAtGate: text,
    headBeforeFirstWrite: text,
    headAfter: text,
    treeAfter: text,
    commitsCreated: z.array(text),
    parentIsBase: boolean,
    validatedTree: text,
  }),
  timeline: z.array(z.strictObject({ step: text, realtime: text, boottimeMs: number, bootId: text, sequence: number })),
  clock: z.strictObject({
    sources: z.array(text),
    ntpSynchronized: z.literal("unknown"),
    maxSkewMs: z.number(),
    sameBoot: boolean,
  }),
  age: z.union([
    unknown,
    z.strictObject({ byRealtimeMs: number, byBoottimeMs: number.nullable(), limitMs: z.number(), ok: boolean }),
  ]),
  host: z.strictObject({
    hostId: text,
    kernel: text,
    bootId: text,
    uid: z.int(),
    loginuid: number,
    container: text.nullable(),
  }),
  anchors: z.strictObject({
    ledgerCheckpoint: z.union([unknown, checkpoint]),
    lastHumanCheckpoint: z.union([unknown, checkpoint]),
    rfc3161: z.array(text),
  }),
  claims: z.array(text),
  notClaimed: z.array(text),
});
