import type { ControlPlane, Observation } from "../workflow/admission/observation.ts";
import type { Candidate, Commit, ExportedObjects, Rehearsal, TargetProof } from "../workflow/commit/commit.ts";
import type { Digest } from "../workflow/digest.ts";
import type { OnTarget, Permit } from "../workflow/gate/permit.ts";
import type { Oid, RunId } from "../workflow/ids.ts";
import type { CommittedPaths } from "../workflow/packet/committed-paths.ts";
import type { Change, Changes } from "../workflow/policy/changes.ts";
import type { Clearance } from "../workflow/policy/judge-changes.ts";
import type { Refusal } from "../workflow/refusal.ts";
import type { Result } from "../workflow/result.ts";
import type { PassedValidation } from "../workflow/validation/validation.ts";
import type { Checkout, Workspace } from "../workflow/workspace/workspace.ts";
import type { StageFiles } from "./sandbox.ts";

/** The Target Repository. Looking is free, all else needs a Permit. Its own git config is never used (git.md). */
export interface Target {
  /** The whole preflight of git.md 4, every refusal at once. Writes nothing anywhere. */
  observe(path: string): Promise<Result<Observation, Refusal>>;
  /** What the branch holds that is checked out, whether or not the work tree is clean. Writes nothing anywhere. */
  listHead(path: string): Promise<Result<CommittedPaths, Refusal>>;
  /** Manifest digest of the work tree and control plane as they are, plain or not: for proving that nothing moved. */
  fingerprint(path: string): Promise<{ readonly manifest: Digest; readonly controlPlane: ControlPlane }>;
  /** One tree that the Harness's own git directory holds: the base, or a tree from `writeTree`. Nothing is laid yet. */
  openWorkspace(ground: OnTarget, tree: Oid, purpose: Workspace["purpose"]): Promise<Workspace>;
  /** The tree on the host, owned by a uid: a private copy, or the pristine one of the base that all stages share. */
  checkout(ground: OnTarget, workspace: Workspace, owner: number, use: "shared" | "private"): Promise<Checkout>;
  /** Every difference of a workspace nothing runs in any more; new contents are copied out by digest. */
  harvest(ground: OnTarget, workspace: Workspace, files: StageFiles): Promise<Changes>;
  /** The bytes of one changed plain file: as the base has them, and as they were harvested. */
  readChange(ground: OnTarget, change: Change, contents: string): Promise<ChangedBytes>;
  /** Digest of a workspace's manifest, for "the tree after validation equals the tree before". */
  manifestOf(files: StageFiles): Promise<Digest>;
  /** Removes what was laid for this workspace alone. */
  closeWorkspace(workspace: Workspace): Promise<void>;
  /** Removes everything that is kept of one workspace, its harvested contents too. */
  forgetWorkspace(workspace: Workspace): Promise<void>;
  /** Removes all that is still kept of a sealed run beside its evidence; its clearance is worth nothing afterwards. */
  forgetRun(run: RunId): Promise<void>;
  /** The tree that the cleared changes make of the base, in the Harness's own git directory. */
  writeTree(permit: Permit, clearance: Clearance): Promise<Oid>;
  /** Builds the one commit there. Same inputs, same object id; the target is untouched. */
  prepareCommit(permit: Permit, clearance: Clearance, validation: PassedValidation): Promise<Candidate>;
  /** Brings the candidate in and moves the branch by compare-and-swap (git.md 9, 4 to 7). Again: the same commit. */
  commit(permit: Permit, candidate: Candidate): Promise<Result<Commit, Refusal>>;
  /** The commit of this run if the admitted branch already holds it. */
  landed(permit: Permit): Promise<Commit | "none">;
  /** What moved since the permit: one commit and one branch, or nothing. */
  prove(permit: Permit, before: Observation, commit: Commit | "none"): Promise<TargetProof>;
  rehearseRollback(permit: Permit, commit: Commit): Promise<Rehearsal>;
  exportObjects(permit: Permit, commit: Commit): Promise<ExportedObjects>;
  /** What stock git makes of a bundle's objects and patch, in an empty repository; needs no home and no target (R123). */
  replayPatch(objects: Omit<ExportedObjects, "baseIndex">): Promise<PatchReplay>;
  /** patch.diff between two trees that the Harness's own git directory holds. */
  diff(permit: Permit, from: Oid, to: Oid): Promise<Uint8Array>;
  /** The inverse commit, from exactly the Harness commit, by compare-and-swap; a dry run changes nothing (git.md 12). */
  rollback(order: RollbackOrder, mode: "dry-run" | "real"): Promise<Result<RollbackDone, Refusal>>;
}

/** The ids that git computed, or what it said where it could not. */
export interface PatchReplay {
  readonly tree: string;
  readonly commit: string;
  readonly base: string;
  /** Its version, as it tells it. */
  readonly git: string;
}

export interface ChangedBytes {
  readonly before: Uint8Array | "none";
  readonly after: Uint8Array | "none";
}

export interface RollbackOrder {
  readonly run: RunId;
  readonly path: string;
  readonly branch: string;
  readonly commit: Oid;
  readonly base: Oid;
  readonly baseTree: Oid;
  readonly pathsChanged: readonly string[];
  /** Second of the signed rejection: same inputs, same id. */
  readonly epochSeconds: number;
  readonly message: string;
}

export interface RollbackDone {
  readonly rollbackCommit: Oid;
  readonly parent: Oid;
  readonly tree: Oid;
  /** Tree equals base; or, with later commits on top, the patch's paths equal base and all others equal the tip. */
  readonly proof: "tree-equals-base" | "paths-equal-base";
  readonly clean: boolean;
}
