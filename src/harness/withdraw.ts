import { approvalHistory } from "../workflow/approval/approval-history.ts";
import { transition } from "../workflow/contract/work-item.ts";
import type { WorkId } from "../workflow/ids.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, type Result } from "../workflow/result.ts";
import { refuseAll } from "./read-facts.ts";
import type { World } from "./world.ts";

/** Takes an approval back at once, without a signature: it only removes authority. Spent already, it voids its run (R051). */
export const withdraw = async (
  world: World,
  work: WorkId,
  reason: string,
): Promise<Result<{ readonly approvalId: string }, Refusal>> => {
  const leaves = await world.store.leaves(0);
  const last = leaves.findLast((leaf) => leaf.type === "approval.recorded" && leaf.work === work);
  if (last?.approvalId === undefined) return refuseAll([refusal("approval/absent", { work })]);
  const { approvalId } = last;
  const by = approvalHistory(leaves).withdrawn.get(approvalId);
  if (by !== undefined) return refuseAll([refusal("approval/withdrawn", { approval: approvalId, by })]);
  const refused = await world.store.transact(async (ledger) => {
    const now = await ledger.work(work);
    const state = now === "absent" ? "candidate" : now.state;
    const spent = state === "executing";
    const allowed = transition(state, "withdrawn", "operator");
    if (!spent && !allowed.ok) return allowed.refusals;
    const { uid, tty, user } = world.operator;
    const detail = { reason, uid, tty, spent };
    await ledger.appendLeaf({ type: "approval.withdrawn", actor: user, channel: "cli", work, approvalId, detail });
    return [];
  });
  return refused.length > 0 ? refuseAll(refused) : ok({ approvalId });
};
