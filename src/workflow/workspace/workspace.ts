import type { Oid, RunId } from "../ids.ts";

/** A disposable copy of one tree, outside the target, without `.git`, hard links or alternates (R063). Used once. */
export interface Workspace {
  readonly run: RunId;
  readonly purpose: "agent" | "validation" | "probe";
  /** Absolute path of the folder on the host. */
  readonly folder: string;
  readonly tree: Oid;
  /** Every path of the tree with its mode, folders with a final `/`; pins and masks are computed from this list. */
  readonly entries: readonly WorkspaceEntry[];
}

export interface WorkspaceEntry {
  readonly path: string;
  readonly mode: "100644" | "100755" | "120000" | "040000";
}
