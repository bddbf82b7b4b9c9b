/** What was undone, or would be. */
export interface RollbackObject {
  readonly run: string;
  readonly commit: string;
  readonly rollbackCommit: string;
  readonly tree: string;
  readonly equalsBase: boolean;
  readonly proof: string;
  readonly state: "rejected" | "rolled_back";
  readonly dryRun: boolean;
}
