import type { LedgerEntry } from "../ledger.ts";

/** What the ledger says about approvals: questions asked, answers taken back, answers spent. */
export interface ApprovalHistory {
  /** Digest of each challenge issued -> the approval that answered it, if one did. */
  readonly challenges: ReadonlyMap<string, string | null>;
  /** Approval id -> who took it back. */
  readonly withdrawn: ReadonlyMap<string, string>;
  /** Approval id -> the run it was spent on. */
  readonly consumed: ReadonlyMap<string, string>;
}

/**
 * A fold of the ledger. `approval.challenged` carries `digests.challenge`; `approval.recorded` that and its
 * `approvalId`; `approval.withdrawn` the `approvalId`; `approval.consumed` the `approvalId` and the `run`.
 */
export const approvalHistory = (entries: Iterable<LedgerEntry>): ApprovalHistory => {
  const challenges = new Map<string, string | null>();
  const withdrawn = new Map<string, string>();
  const consumed = new Map<string, string>();
  for (const { type, approvalId, digests, actor, run } of entries) {
    const challenge = digests?.["challenge"];
    if (type === "approval.challenged" && challenge !== undefined)
      challenges.set(challenge, challenges.get(challenge) ?? null);
    if (approvalId === undefined) continue;
    if (type === "approval.recorded" && challenge !== undefined && challenges.get(challenge) === null)
      challenges.set(challenge, approvalId);
    if (type === "approval.withdrawn") withdrawn.set(approvalId, actor);
    if (type === "approval.consumed" && !consumed.has(approvalId)) consumed.set(approvalId, run ?? "an unknown run");
  }
  return { challenges, withdrawn, consumed };
};
