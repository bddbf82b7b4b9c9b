import type { WorkId } from "../ids.ts";
import type { BackendKind, CriterionCheck, ForbiddenAction } from "../vocabulary.ts";

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
  /** `name:port` of hosts that the agent may reach beside its model; not there where the packet names none. */
  readonly allowedHosts?: readonly string[];
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
