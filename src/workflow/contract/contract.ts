import { canonicalJson, digestOf, type Digest } from "../digest.ts";
import type { WorkId } from "../ids.ts";

/** The ten actions no run may take (R030, R076 to R085). The set is closed. */
export const FORBIDDEN_ACTIONS = [
  "push",
  "merge",
  "deploy",
  "close",
  "pr_open",
  "issue_close",
  "public_publication",
  "credential_change",
  "vendor_source_mutation",
  "cortex_core_mutation",
] as const;
export type ForbiddenAction = (typeof FORBIDDEN_ACTIONS)[number];

export const BACKEND_KINDS = ["scripted", "acp", "command", "case"] as const;
export type BackendKind = (typeof BACKEND_KINDS)[number];

/** How a criterion is proven: four recognised sentences by the Harness, all others by the owner (R031). */
export const CRITERION_CHECKS = [
  "target-clean",
  "evidence-complete",
  "replay-paths",
  "default-activation-false",
  "owner-judged",
] as const;
export type CriterionCheck = (typeof CRITERION_CHECKS)[number];

export interface Criterion {
  readonly id: string;
  readonly check: CriterionCheck;
  readonly text: string;
}

/** The Task Contract: a pure function of the packet's bytes (R028; shape and golden digest in R140). */
export interface Contract {
  readonly schema: "cto/contract/v1";
  readonly packet: string;
  readonly owner: string;
  readonly workItem: WorkId;
  readonly targetRepository: {
    readonly path: string;
    readonly owner: string;
    readonly admissionSource: string;
    readonly admissionStatus: string;
    readonly riskClassification: string;
    readonly observedState: { readonly branch: string; readonly clean: true; readonly when: string };
  };
  readonly task: { readonly label: string; readonly statement: string };
  readonly allowedPaths: readonly string[];
  readonly forbiddenActions: readonly ForbiddenAction[];
  readonly forbiddenPaths: readonly string[];
  readonly successCriteria: readonly Criterion[];
  readonly validation: { readonly argv: readonly string[] };
  readonly commits: 1;
  readonly runtimeDefaultActivation: false;
  readonly rollback: { readonly kind: "revert-single-commit"; readonly text: readonly string[] };
  readonly requiredApproval: string;
  readonly executionGate: {
    readonly backend: BackendKind;
    readonly stage: number;
    readonly env: Readonly<Record<string, { readonly equals: string } | { readonly is: string }>>;
    readonly backendMustNotChoose: readonly string[];
  };
  readonly evidenceRequired: readonly string[];
}

/** The canonical bytes (RFC 8785) that `contract.json` holds; the digest is over exactly these. */
export const contractText = (contract: Contract): string => canonicalJson(contract);

export const contractDigest = (contract: Contract): Digest => digestOf(contractText(contract));
