import type { ControlPlane, Observation } from "../admission/observation.ts";
import type { Digest } from "../digest.ts";
import type { Oid } from "../ids.ts";

/** The commit as it was built in the Harness's own git directory; the target does not know it yet. */
export interface Candidate {
  readonly commit: Oid;
  readonly tree: Oid;
  readonly parent: Oid;
}

/** The one commit, on the admitted branch of the target. */
export interface Commit extends Candidate {
  readonly ref: string;
}

/** What moved in the target since the permit: one commit and one branch, or nothing (git.md 11). */
export interface TargetProof {
  readonly commit: Oid | "none";
  readonly before: Observation;
  /** Absent when the target could not be observed plainly; then `wrong` says why. */
  readonly after?: Observation;
  readonly controlPlaneAfter: ControlPlane;
  readonly manifestAfter: Digest;
  readonly refsChanged: readonly string[];
  readonly pathsChanged: readonly {
    readonly path: string;
    readonly mode: string;
    readonly oldBlob: string;
    readonly newBlob: string;
  }[];
  readonly commits: readonly {
    readonly id: Oid;
    readonly parents: readonly Oid[];
    readonly tree: Oid;
    readonly author: string;
    readonly committer: string;
  }[];
  readonly clean: boolean;
  /** Every statement of git.md 11 that does not hold, one sentence each; empty is proven. */
  readonly wrong: readonly string[];
}

/** A revert tried out in scratch before anything is sealed (git.md 12). */
export interface Rehearsal {
  readonly argv: readonly string[];
  readonly output: string;
  readonly revertTree: Oid;
  readonly equalsBaseTree: boolean;
}

/** Everything a stranger needs to recompute tree and commit ids without the repository (R114, git.md 13). */
export interface ExportedObjects {
  readonly patch: Uint8Array;
  readonly basePack: Uint8Array;
  readonly baseIndex: Uint8Array;
  readonly baseCommitRaw: Uint8Array;
  readonly commitRaw: Uint8Array;
}
