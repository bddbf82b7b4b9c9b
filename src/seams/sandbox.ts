import type { ConfinementLevel } from "../workflow/authority.ts";
import type { Digest } from "../workflow/digest.ts";
import type { RunId } from "../workflow/ids.ts";
import type { RunLimits } from "../workflow/run-limits.ts";
import type { CanaryPass } from "../workflow/vocabulary.ts";
import type { CanaryRun } from "../workflow/workspace/canary.ts";
import type { Checkout, Workspace } from "../workflow/workspace/workspace.ts";

/** Confinement. Nothing of an agent or a validation runs without it (confinement.md). */
export interface Sandbox {
  /** Really does each protection once on this machine; tells the confinement level and why. */
  probe(): Promise<Protections>;
  open(order: StageOrder): Promise<ConfinedStage>;
  /** Kills whatever the stages of this run left behind when its Harness died; answers how many are left. */
  endOrphans(run: RunId): Promise<number>;
}

export interface Protections {
  readonly confinement: ConfinementLevel | "none";
  readonly checks: readonly {
    readonly id: string;
    readonly ok: boolean;
    readonly says: string;
    readonly fix: string;
  }[];
  readonly tools: readonly { readonly name: string; readonly version: string; readonly sha256: Digest }[];
}

export interface StageOrder {
  readonly purpose: "agent" | "validation" | "probe";
  /** The level that the gate named. One that cannot be had is a Failure, never a lower one. */
  readonly confinement: ConfinementLevel;
  readonly limits: RunLimits;
  readonly workspace: Workspace;
  /** Lays the Workspace for a uid: shared by all stages under an overlay, or private for this one. */
  readonly checkout: (owner: number, use: "shared" | "private") => Promise<Checkout>;
  /** Where the agent may write: allowed patterns of the contract, or nothing at all. */
  readonly writable: readonly string[] | "nothing";
  /** Patterns whose existing paths are unreadable inside. */
  readonly masked: readonly string[];
  /** Patterns whose existing paths are readable and never writable. */
  readonly readOnly: readonly string[];
  /** Extra folders and files of the host, read-only at their own path. */
  readonly readOnlyHostPaths: readonly string[];
  /** Text files laid read-only into the sandbox, by absolute path inside. */
  readonly files: readonly { readonly path: string; readonly content: Uint8Array }[];
  readonly uidBase: number;
  /** Absolute path of a unix socket of the Harness. Inside it answers at http://127.0.0.1:8787, and nothing else does. */
  readonly relay: string | undefined;
  /** Absolute path of the one for CONNECT, of an agent's stage only. Inside it answers at 127.0.0.1:3128, as its variables say. */
  readonly tunnel: string | undefined;
}

/** One set of mounts, limits and filter; several processes may be started in it, one after or beside the other. */
export interface ConfinedStage {
  start(argv: readonly string[], env: Readonly<Record<string, string>>): Promise<Confined>;
  /** Absolute path inside at which the Workspace stands. */
  readonly inside: "/workspace";
  readonly description: StageDescription;
  /** The Workspace as it stands now. Whoever reads it has waited for `quiet`, or nothing was started yet. */
  readonly files: StageFiles;
  /**
   * The end of every process inside, proven by looking; the files stay. What is started afterwards is the Harness's own
   * probe: a limit that was reached does not forbid it, and it is ended after a short time of its own.
   */
  quiet(): Promise<StageReport>;
  /** `quiet`, and the files are gone. */
  close(): Promise<StageReport>;
  /**
   * Every probe of confinement.md 10 in a fresh sandbox of this stage, judged. Before anything else is started, and
   * after `quiet` when everything has been read.
   */
  canaries(pass: CanaryPass, ground: CanaryGround): Promise<CanaryRun>;
  /** What its canaries planted where nothing inside can read it; it must occur in no evidence. */
  plantedToken(): Promise<string | undefined>;
}

/** What of this host and run the canaries are sent against, beside what is planted for them. */
export interface CanaryGround {
  /** Absolute path of the Target Repository. */
  readonly target: string;
  /** Files, folders and sockets that nothing inside may read. Those that need not stand are tried only where they do. */
  readonly keys: readonly { readonly name: string; readonly path: string; readonly must: boolean }[];
  /** Whether the relay of this stage has recorded a refused path; undefined where the stage has no relay. */
  readonly relaySaw: ((path: string) => Promise<boolean>) | undefined;
}

/** The files of a stage, for the Harness. */
export interface StageFiles {
  /** Absolute path of the folder on the host at which the Workspace can be read. */
  readonly folder: string;
  /** The overlay's upper layer, in which every written path stands; undefined where there is no overlay. */
  readonly journal: string | undefined;
  /**
   * Runs one trusted command over the files, without network: they stand read-only at `/run/cto/workspace`, the
   * Workspace's git directory at `/run/cto/ledger.git`, an empty folder to write in at `/run/cto/stage`. Its output.
   */
  examine(argv: readonly string[]): Promise<Uint8Array>;
}

/** What goes into `sandbox.started` and confinement-proof.json. */
export interface StageDescription {
  readonly purpose: StageOrder["purpose"];
  readonly confinement: ConfinementLevel;
  readonly uid: number;
  readonly args: readonly string[];
  readonly argsSha256: Digest;
  readonly seccompSha256: Digest;
  readonly envNames: readonly string[];
  readonly writableParents: readonly string[];
  readonly pins: readonly string[];
  readonly masks: readonly string[];
  readonly unpinned: readonly string[];
  readonly limits: readonly { readonly name: string; readonly value: number; readonly guard: string }[];
  /** The sandbox around it at level A, in which only our own script runs: its arguments and that script's digest. */
  readonly outer?: { readonly args: readonly string[]; readonly argsSha256: Digest; readonly scriptSha256: Digest };
}

export interface StageReport {
  readonly processTreeDead: boolean;
  readonly alive: number;
  /** The limit that was hit, by name. */
  readonly limit?: string;
}

export interface Confined {
  readonly pid: number;
  readonly stdin: WritableStream<Uint8Array>;
  readonly stdout: ReadableStream<Uint8Array>;
  readonly stderr: ReadableStream<Uint8Array>;
  /** TERM, then KILL to the whole tree. */
  stop(): Promise<void>;
  readonly ended: Promise<Ended>;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly ms: number;
  readonly limit?: string;
}
