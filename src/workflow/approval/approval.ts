import type { Assurance } from "../authority.ts";
import type { Digest } from "../digest.ts";
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
  "path",
  "branch",
  "head",
  "tree",
] as const;
type Bound = (typeof BOUND)[number];
export type Binding = Readonly<Record<Bound, string>>;

/** An owner's consent to exactly one contract in exactly one state of the world. Only `approve` makes one. */
export interface Approval {
  readonly [brand]: "Approval";
  readonly record: ApprovalRecord;
  /** SHA-256 of the record's bytes. */
  readonly digest: Digest;
  readonly signatureDigest: Digest | null;
  /** Recomputed from the signature, never believed from the record. */
  readonly assurance: Assurance;
}
