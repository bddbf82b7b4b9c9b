import type { Admission } from "../admission/admission.ts";
import type { Observation } from "../admission/observation.ts";
import type { Approval } from "../approval/approval.ts";
import type { Authority, ConfinementLevel } from "../authority.ts";
import type { BackendProbe } from "../backend-probe.ts";
import type { BackendKind, Contract } from "../contract/contract.ts";
import type { WorkState } from "../contract/work-item.ts";
import type { Digest } from "../digest.ts";
import type { RunId, WorkId } from "../ids.ts";
import type { OwnPublicKey } from "../own-keys.ts";
import type { Packet } from "../packet/packet.ts";
import type { Refusal } from "../refusal.ts";
import type { Result } from "../result.ts";
import type { TrustRoot } from "../trust-root.ts";
import type { SwitchReadings } from "./switches.ts";

/**
 * Everything the gate judges, read now. A result may repeat the refusals of one it rests on (`after`): the gate tells
 * each refusal once, and calls what only repeats others not evaluated.
 */
export interface Standing {
  /** The run that would get the permit. */
  readonly run: RunId;
  readonly epochSeconds: number;
  /** Milliseconds since the epoch, for the validity of keys. */
  readonly nowMs: number;
  readonly build: Digest;
  readonly policy: Result<Authority, Refusal>;
  readonly trust: Result<TrustRoot, Refusal>;
  /** Authority files that others than their owner can write. */
  readonly writableByOthers: readonly string[];
  /** Secrets in the documents that the evidence holds as they were signed. */
  readonly secretsInDocuments: readonly { readonly file: string; readonly line: number; readonly rule: string }[];
  /** Variables of policy.yaml redaction whose values are too short to be looked for. */
  readonly shortSecrets: readonly string[];
  /** Sequence numbers at which the ledger does not recompute. */
  readonly ledgerBreaks: readonly number[];
  readonly packet: Result<Packet, Refusal>;
  readonly contract: Result<Contract, Refusal>;
  /** Digest of the owner's checks file beside the packet, if there is one. */
  readonly checks: Digest | null;
  readonly observation: Result<Observation, Refusal>;
  readonly admission: Result<Admission, Refusal>;
  /** Digest of the Admission record's bytes. */
  readonly admissionRecord: Digest | "absent";
  readonly approval: Result<Approval, Refusal>;
  readonly workState: WorkState | "unlisted";
  readonly switches: SwitchReadings;
  readonly backend: Result<{ readonly kind: BackendKind; readonly probe: BackendProbe }, Refusal>;
  /** The backend's upstream, where the variable that policy.yaml names for it holds no key in this environment. */
  readonly unkeyed: { readonly upstream: string; readonly variable: string } | "none";
  readonly sandbox: SandboxStanding;
  /** Signing keys that a sandbox of this run could read, by path. */
  readonly keysInReach: readonly string[];
  readonly ownKeys: OwnKeysStanding;
  readonly lock:
    | "free"
    | {
        readonly run: RunId;
        readonly work: WorkId;
        readonly pid: number;
        readonly since: string;
        /** Whether the process that ordered the run still lives on this machine. */
        readonly isAlive: boolean;
      };
  readonly diskFreeBytes: number;
  /** `runtime.defaultActivation` as read; anything but false blocks. */
  readonly defaultActivation: boolean | "unknown";
  /** Whether a verified bundle of this backend one stage lower is there; asked for by policy only. */
  readonly priorStage: "verified" | "absent";
}

/** The home's own keys as they stand: they sign the evidence of this run, whatever becomes of it (R055, R115). */
export interface OwnKeysStanding {
  readonly problems: readonly {
    readonly path: string;
    readonly kind: "absent" | "exposed";
    readonly says: string;
    readonly fix: string;
  }[];
  /** Keys that allowed_signers gives no role now. */
  readonly untrusted: readonly OwnPublicKey[];
}

/** What really doing each protection once has shown. */
export interface SandboxStanding {
  readonly confinement: ConfinementLevel | "none";
  readonly failed: readonly { readonly id: string; readonly says: string; readonly fix: string }[];
}
