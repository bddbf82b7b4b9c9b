import type { RolledBack } from "../rollback.ts";

/** What was undone, or would be, as every surface prints it. */
export const rollbackObject = ({
  run,
  commit,
  rollbackCommit,
  tree,
  proof,
  mode,
}: RolledBack): { readonly [key: string]: unknown } => ({
  run,
  commit,
  rollbackCommit,
  tree,
  equalsBase: proof === "tree-equals-base",
  proof,
  state: mode === "dry-run" ? "rejected" : "rolled_back",
  dryRun: mode === "dry-run",
});
