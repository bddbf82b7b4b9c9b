import type { RefusalObject } from "./refusal.ts";

/** An Admission record as it stands in the home. */
export interface AdmissionObject {
  readonly schema: string;
  readonly id: string;
  readonly status: "proposed" | "admitted" | "suspended" | "revoked";
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
  readonly reason: string;
}

/** One record of the list; one that cannot be read says why. */
export type TargetRow = TargetRecord & (AdmissionObject | { readonly refusals: readonly RefusalObject[] });

interface TargetRecord {
  /** Path of the record in the home. */
  readonly record: string;
  readonly sha256: string;
}

/** A target beside its admission, looked at now. */
export interface TargetObject extends TargetCheckObject {
  readonly admission: AdmissionObject;
  readonly path: string;
  readonly sha256: string;
}

export interface TargetCheckObject {
  /** Null where it is no plain repository. */
  readonly observed: ObservedTarget | null;
  /** Everything by which it is not as it was admitted. */
  readonly drift: readonly RefusalObject[];
  readonly signedBy: string | null;
}

export interface ObservedTarget {
  readonly requestedPath: string;
  readonly realPath: string;
  readonly branch: string;
  readonly head: string;
  readonly tree: string;
  readonly rootCommits: readonly string[];
  readonly treeSha256: string;
  readonly manifest: string;
  readonly ignored: string;
  readonly controlPlane: string;
  readonly remotes: readonly string[];
  readonly findings: readonly TargetFinding[];
}

/** Something in the target that could execute or instruct: listed, never run. `where` may be hostile. */
export interface TargetFinding {
  readonly finding: string;
  readonly where: string;
  readonly digest?: string;
  readonly hides?: readonly string[];
}
