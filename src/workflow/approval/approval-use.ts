import type { RunId } from "../ids.ts";
import { refusal, type Refusal } from "../refusal.ts";
import type { ApprovalHistory } from "./approval-history.ts";
import type { ApprovalRecord } from "./approval-record.ts";

/** Asked for by this home, not taken back, not spent on another run (R049, R051). */
export function* objectionsToHistory(
  { approvalId, challenge }: ApprovalRecord,
  history: ApprovalHistory,
  run: RunId,
): Iterable<Refusal> {
  const approval = approvalId;
  const answeredBy = history.challenges.get(challenge.sha256);
  if (answeredBy === undefined || (answeredBy !== null && answeredBy !== approvalId))
    yield refusal("approval/unknown-challenge", { approval });
  const by = history.withdrawn.get(approvalId);
  if (by !== undefined) yield refusal("approval/withdrawn", { approval, by });
  const spentOn = history.consumed.get(approvalId);
  if (spentOn !== undefined && spentOn !== run) yield refusal("approval/consumed", { approval, run: spentOn });
}
