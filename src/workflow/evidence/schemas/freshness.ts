import { z } from "zod";

type Known<T> = T | "unknown";

/** freshness-proof.json (evidence.md 9.1). What could not be read is "unknown", and its claim is not made. */
export interface FreshnessProof {
  readonly schema: "cto/freshness/v1";
  readonly run: string;
  readonly challenge: Known<{ readonly nonce: string; readonly issuedAt: string; readonly sha256: string }>;
  readonly consumption: Known<{ readonly approvalId: string; readonly ledgerIndex: number; readonly method: string }>;
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
  readonly clock: { readonly maxSkewMs: number; readonly sameBoot: Known<boolean> };
  readonly age: Known<{
    readonly byRealtimeMs: Known<number>;
    readonly byBoottimeMs: Known<number>;
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
  readonly claims: readonly string[];
  readonly notClaimed: readonly string[];
}

const text = z.string();
const unknown = z.literal("unknown");
const number = z.union([z.number(), unknown]);
const boolean = z.union([z.boolean(), unknown]);

export const freshnessSchema: z.ZodType<FreshnessProof> = z.strictObject({
  schema: z.literal("cto/freshness/v1"),
  run: text,
  challenge: z.union([unknown, z.strictObject({ nonce: text, issuedAt: text, sha256: text })]),
  consumption: z.union([unknown, z.strictObject({ approvalId: text, ledgerIndex: z.int(), method: text })]),
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
  clock: z.strictObject({ maxSkewMs: z.number(), sameBoot: boolean }),
  age: z.union([
    unknown,
    z.strictObject({ byRealtimeMs: number, byBoottimeMs: number, limitMs: z.number(), ok: boolean }),
  ]),
  host: z.strictObject({
    hostId: text,
    kernel: text,
    bootId: text,
    uid: z.int(),
    loginuid: number,
    container: text.nullable(),
  }),
  claims: z.array(text),
  notClaimed: z.array(text),
});
