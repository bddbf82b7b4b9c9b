import type { Mediation } from "./backend-probe.ts";
import type { BackendKind } from "./contract/contract.ts";
import type { Digest } from "./digest.ts";
import type { RelayPolicy } from "./relay-policy.ts";
import type { RunLimits } from "./run-limits.ts";
import type { RedactionPolicy } from "./secret-rules.ts";

export const ASSURANCE_LEVELS = ["A0", "A1", "A2", "A3"] as const;
/** How sure we are that the owner said it: typed, typed at a terminal, SSH key, hardware key with verification (R047). */
export type Assurance = (typeof ASSURANCE_LEVELS)[number];

export const CONFINEMENT_LEVELS = ["A", "B", "C"] as const;
/** Full stage, single sandbox over a copy, processes only (confinement.md 11). Never called just "level". */
export type ConfinementLevel = (typeof CONFINEMENT_LEVELS)[number];

/** policy.yaml, read and checked: what the operator's home allows at most. An unknown key is refused. */
export interface Authority {
  readonly digest: Digest;
  readonly riskClasses: Readonly<
    Record<string, { readonly minimumAssurance: Assurance; readonly minimumConfinement: ConfinementLevel }>
  >;
  /** The base eight; a packet may add, never remove (R030). */
  readonly baseForbiddenPaths: readonly string[];
  /** Of the forbidden paths, those that validation may not even read. */
  readonly secretPaths: readonly string[];
  readonly scratchPaths: readonly string[];
  readonly deniedAttempts: "record" | "void";
  readonly requirePriorStage: boolean;
  readonly approvalExpiryMs: number;
  readonly approval?: ApprovalPolicy;
  readonly limits: RunLimits;
  /** What stands behind a backend kind. Listing a kind grants nothing. */
  readonly backends: {
    readonly scripted?: { readonly steps: string } & BehindRelay;
    readonly acp?: AgentPolicy & BehindRelay;
    readonly command?: AgentPolicy & BehindRelay;
    readonly case?: { readonly binary?: string; readonly profile?: CaseProfile } & BehindRelay;
  };
  readonly relay?: RelayPolicy;
  /** Who orders a run: a person with `cto run`, or a worker as soon as a work item is approved. */
  readonly orders?: {
    readonly execute: OrderedBy;
    /** How many runs go on at once, over all workers, and of one owner; as many as there are places where nothing is said. */
    readonly atOnce?: number;
    readonly atOncePerOwner?: number;
  };
  /** What a packet may be granted to reach besides the model. */
  readonly egress?: { readonly allowedHosts: readonly string[] };
  /** What is replaced in all evidence; without it the known patterns and no variable. */
  readonly redaction?: RedactionPolicy;
  readonly toolchains: readonly string[];
  /** Folders outside the home that no run may change (R085). */
  readonly coreRoots: readonly string[];
  readonly uidBase: number;
}

export const CASE_PROFILES = ["tiny", "standard"] as const;
/** How many phases Case goes through; without one it is tiny. */
export type CaseProfile = (typeof CASE_PROFILES)[number];

/** Who approves, and how many of them; what is left out means one signature of the owner. */
interface ApprovalPolicy {
  readonly quorum?: number;
  readonly eligible?: readonly string[];
  /** The author of a packet is its owner. */
  readonly authorMayApprove?: boolean;
}

/** A profile and where its packages are installed; without a folder `CTO_HARNESS_AGENTS` names it. */
interface AgentPolicy {
  readonly profile: string;
  /** Absolute path of a folder `node_modules`. */
  readonly packages?: string;
  /** What declares less is refused at the gate, and what was seen of less voids the run. */
  readonly minimumMediation?: Mediation;
  /** `void`: an effect that nobody was asked for ends the run. */
  readonly unasked?: "record" | "void";
}

/** The upstream of `relay` that this backend's agent talks to; without one it reaches no model. */
interface BehindRelay {
  readonly upstream?: string;
}

export const configuredBackends = (authority: Authority): readonly BackendKind[] =>
  (["scripted", "acp", "command", "case"] as const).filter((kind) => authority.backends[kind] !== undefined);

export const ORDERED_BY = ["by-hand", "on-approval"] as const;
type OrderedBy = (typeof ORDERED_BY)[number];
