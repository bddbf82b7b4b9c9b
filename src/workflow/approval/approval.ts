import type { Assurance } from "../authority.ts";
import type { Digest } from "../digest.ts";
import type { ApprovalAge } from "./approval-age.ts";
import type { ApprovalRecord } from "./approval-record.ts";

declare const brand: unique symbol;

/** What a consent is bound to. When any of these has moved, the consent is stale (R045, R050). */
export const BOUND = [
  "packet",
  "contract",
  "admission",
  "policy",
  "signers",
  "checks",
  "build",
  "harness key",
  "path",
  "branch",
  "head",
  "tree",
] as const;
type Bound = (typeof BOUND)[number];
export type Binding = Readonly<Record<Bound, string>>;

/** One signed record of it. */
export interface ApprovalVoice {
  readonly record: ApprovalRecord;
  /** SHA-256 of the record's bytes. */
  readonly digest: Digest;
  readonly signatureDigest: Digest | null;
  /** Recomputed from the signature, never believed from the record. */
  readonly assurance: Assurance;
}

/**
 * An owner's consent to exactly one contract in exactly one state of the world. Only `approve` makes one. Of several
 * records the first by the name of its file stands for all; its assurance is the lowest of them.
 */
export interface Approval extends ApprovalVoice {
  readonly [brand]: "Approval";
  /** Every record that the quorum counted, in the order of their files. */
  readonly voices: readonly ApprovalVoice[];
  /** How old it is now, by each clock. */
  readonly age: ApprovalAge;
}

/** Where a record lies in the bundle; the signature has `.sig` behind it. */
export const approvalFile = (principal: string): string => `approval/approval.${principal}.json`;
