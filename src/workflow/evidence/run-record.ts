import type { Admission } from "../admission/admission.ts";
import type { Observation } from "../admission/observation.ts";
import type { Approval } from "../approval/approval.ts";
import type { ConfinementLevel } from "../authority.ts";
import type { Attempt, BackendProbe } from "../backend/attempt.ts";
import type { Checkpoint } from "../checkpoint.ts";
import type { Commit, Rehearsal, TargetProof } from "../commit/commit.ts";
import type { Contract, ForbiddenAction } from "../contract/contract.ts";
import type { Digest } from "../digest.ts";
import type { Finding } from "../finding.ts";
import type { Oid, RunId, WorkId } from "../ids.ts";
import type { Instant } from "../instant.ts";
import type { KeyRole } from "../own-keys.ts";
import type { JudgedChange } from "../policy/judge-changes.ts";
import type { ProbeResult } from "../validation/criteria.ts";
import type { ValidationRun } from "../validation/validation.ts";
import type { PassedCanaries } from "../workspace/canary.ts";
import type { Ending, Reach } from "./ending.ts";
import type { RedactedSecret } from "./redaction-book.ts";

/** A thing that could not be read is told as such; whatever needs it is then not claimed. */
export type Known<T> = T | "unknown";

/** Everything about one run that reports and proofs are drawn from. Only facts of the Harness, claims marked as such. */
export interface RunRecord {
  readonly run: RunId;
  readonly work: WorkId;
  readonly kind: "execute";
  readonly ending: Ending;
  readonly reach: Reach;
  readonly harness: { readonly version: string; readonly build: Digest };
  /** The keys that sign this run's evidence: type and base64 of the public half. */
  readonly keys: Readonly<Record<KeyRole, string>>;
  readonly contract: Contract | "not-drawn";
  readonly inputs: { readonly [input in BoundInput]: InputReadings };
  readonly admission: Pick<Admission, "record" | "digest" | "signatureDigest" | "keyFingerprint"> | "none";
  readonly approval: Pick<Approval, "record" | "digest" | "assurance" | "voices"> | "none";
  readonly consumption: Consumption | "none";
  /** Digest of the revoked_keys that the gate read; "none" where the home had no such file. */
  readonly revokedKeys: Known<Digest | "none">;
  readonly gate: readonly GateRow[];
  readonly before: Known<Observation>;
  /** HEAD as it was read again right before the agent could write. */
  readonly headBeforeFirstWrite: Known<Oid>;
  readonly proof: Known<TargetProof>;
  readonly commit: Commit | "none";
  readonly rehearsal: Rehearsal | "none";
  readonly changes: readonly JudgedChange[];
  readonly findings: readonly Finding[];
  readonly validation: readonly ValidationRun[];
  readonly probes: ReadonlyMap<string, ProbeResult & { readonly output: string }>;
  readonly attempts: readonly DeniedTry[];
  /** Digests of places that no run may change, before and after it. */
  readonly watched: readonly WatchedPlace[];
  readonly backend: { readonly probe: BackendProbe; readonly attempt: Attempt | "no-answer" } | "not-started";
  readonly confinement: Known<ConfinementLevel | "none">;
  readonly tools: readonly { readonly name: string; readonly version: string; readonly sha256: Digest }[];
  readonly sandboxes: readonly SandboxFacts[];
  /** What was tried in them before and after, `sandbox` being the place in `sandboxes` (confinement.md 10). */
  readonly canaries: readonly PassedCanaries[];
  /** `runtime.defaultActivation`, read before and after the run (R004). */
  readonly defaultActivation: { readonly before: boolean; readonly after: boolean };
  /** The event lines of the run, the last one `run.finished`. */
  readonly events: readonly string[];
  /** What was taken out of everything above, and of the files beside it. */
  readonly redacted: readonly RedactedSecret[];
  readonly timeline: { readonly [step in TimelineStep]: Known<Instant> };
  readonly host: HostFacts;
}

export const TIMELINE_STEPS = [
  "challenge",
  "approval",
  "consumption",
  "first-write",
  "validation",
  "commit",
  "seal",
] as const;
export type TimelineStep = (typeof TIMELINE_STEPS)[number];

export const BOUND_INPUTS = ["packet", "contract", "admission", "policy", "signers", "checks", "build"] as const;
export type BoundInput = (typeof BOUND_INPUTS)[number];

/** The digest of one input each time it was read; "none" where there is no such document. */
export interface InputReadings {
  readonly atApproval: Known<Digest | "none">;
  readonly atGate: Known<Digest | "none">;
  readonly atCommit: Known<Digest | "none">;
}

interface Consumption {
  readonly approvalId: string;
  readonly ledgerIndex: number;
  readonly at: string;
  /** The ledger right before it. */
  readonly before: Checkpoint;
  readonly method: string;
}

interface GateRow {
  readonly check: string;
  readonly result: "pass" | "block" | "not-evaluated";
  readonly says: string;
  /** The first refusal, or "none". */
  readonly code: string;
}

/** A refused try at something forbidden (R086); `event` is the sequence number of its event. */
export interface DeniedTry {
  /** Refused before it had an effect, or an effect that stayed in the Workspace. */
  readonly class: "prevented" | "contained";
  readonly action: ForbiddenAction | "other";
  readonly rule: string;
  readonly detail: string;
  readonly event: Known<number>;
}

interface WatchedPlace {
  readonly action: ForbiddenAction;
  readonly what: string;
  readonly before: Known<Digest>;
  readonly after: Known<Digest>;
}

/** What one sandbox was given; a `StageDescription` with how it ended. */
export interface SandboxFacts {
  readonly purpose: "agent" | "validation" | "probe";
  readonly confinement: ConfinementLevel;
  readonly uid: number;
  readonly args: readonly string[];
  readonly argsSha256: Digest;
  readonly seccompSha256: Digest;
  readonly envNames: readonly string[];
  /** Hosts that could be reached from it through the relay, beside the model; not there where none could. */
  readonly hosts?: readonly string[];
  readonly writableParents: readonly string[];
  readonly pins: readonly string[];
  readonly masks: readonly string[];
  readonly unpinned: readonly string[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  /** The sandbox around it, in which only a script of our own runs (level A). */
  readonly outer?: { readonly args: readonly string[]; readonly argsSha256: Digest; readonly scriptSha256: Digest };
  /** Processes that were still alive when it was closed. */
  readonly alive: Known<number>;
}

interface HostFacts {
  readonly hostId: string;
  readonly kernel: string;
  readonly bootId: Known<string>;
  readonly uid: number;
  readonly loginuid: Known<number>;
  readonly container: Known<string | null>;
}
