import type { BackendKind } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { Oid } from "../ids.ts";
import type { Observation } from "./observation.ts";

declare const brand: unique symbol;

export const ADMISSION_STATUSES = ["proposed", "admitted", "suspended", "revoked"] as const;
export type AdmissionStatus = (typeof ADMISSION_STATUSES)[number];

/** The `-ADMISSION.json` document (R036); a detached signature in namespace `admission@cto-harness` lies beside it. */
export interface AdmissionRecord {
  readonly schema: "cto/admission/v1";
  readonly id: string;
  readonly status: AdmissionStatus;
  readonly path: string;
  readonly device: string;
  readonly inode: string;
  readonly rootCommits: readonly Oid[];
  readonly branch: string;
  readonly owner: string;
  readonly riskClassification: string;
  readonly stages: readonly number[];
  readonly backends: readonly BackendKind[];
  readonly admittedAt: string;
  readonly expiresAt: string;
  /** Why it has its status; empty when nobody had to say. */
  readonly reason: string;
}

/** A target that its owner admitted, as it is now. Only `admit` makes one. */
export interface Admission {
  readonly [brand]: "Admission";
  readonly record: AdmissionRecord;
  readonly digest: Digest;
  readonly signatureDigest: Digest;
  readonly keyFingerprint: string;
  readonly observation: Observation;
}
