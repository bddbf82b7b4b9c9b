/** One approval and what became of it. */
export interface ApprovalView {
  readonly id: string;
  readonly work: string;
  readonly by: string;
  readonly assurance: string;
  readonly at: string;
  readonly expiresAt: string;
  readonly state: "waits" | "open" | "spent" | "withdrawn" | "expired" | "stale";
  /** Completes the state: on which run, by whom, what moved. */
  readonly says: string;
  readonly seq: number;
}
