import type { RolledBack } from "../outcome/rollback.ts";
import type { RollbackObject } from "./rollback.ts";

/** What was undone, or would be, as every surface prints it. */
export const rollbackObject = ({ run, commit, rollbackCommit, tree, proof, mode }: RolledBack): RollbackObject => ({
  run,
  commit,
  rollbackCommit,
  tree,
  equalsBase: proof === "tree-equals-base",
  proof,
  state: mode === "dry-run" ? "rejected" : "rolled_back",
  dryRun: mode === "dry-run",
});
