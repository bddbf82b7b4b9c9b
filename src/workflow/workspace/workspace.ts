import type { Oid, RunId } from "../ids.ts";

/** What one stage works on: one tree, outside the target, without `.git`, hard links or alternates (R063). Used once. */
export interface Workspace {
  /** A name that no other Workspace of this home has. */
  readonly id: string;
  readonly run: RunId;
  readonly purpose: "agent" | "validation" | "probe";
  readonly tree: Oid;
  /** Absolute path of the Harness's own git directory that holds the tree. */
  readonly ledger: string;
  /** Every path of the tree with its mode, folders with a final `/`; pins and masks are computed from this list. */
  readonly entries: readonly WorkspaceEntry[];
}

/** A tree as it lies on the host. */
export interface Checkout {
  /** Absolute path. Shared: pristine, and no stage ever writes it. Private: for one stage, thrown away with it. */
  readonly folder: string;
  /**
   * What a stage lays over a shared one before anything starts. First the paths that are gone are removed, folders with
   * all they hold; then the folder's whole files are copied in, modes and links kept.
   */
  readonly over: { readonly folder: string; readonly gone: readonly string[] } | "nothing";
}

export interface WorkspaceEntry {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000" | "040000";
}
