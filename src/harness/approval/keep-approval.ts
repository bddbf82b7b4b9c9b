import type { ApprovalRecord } from "../../workflow/approval/approval-record.ts";
import type { Assurance } from "../../workflow/authority.ts";
import { transition } from "../../workflow/contract/work-item.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import type { World } from "../world.ts";

/** A record that was judged, with what its signature is worth. */
export interface JudgedRecord {
  readonly record: ApprovalRecord;
  readonly bytes: Uint8Array;
  /** The packet's, kept so that what changes later can be told from them. */
  readonly packet: Uint8Array;
  readonly signature: Uint8Array | "absent";
  readonly assurance: Assurance;
  /** The last record of the ledger that it was judged by. */
  readonly judgedAt: number;
}

/** Appends it to the ledger, once for each question and principal, and only where the work item may be approved still. */
export const keepApproval = (
  world: World,
  { record, bytes, packet, signature, assurance, judgedAt }: JudgedRecord,
  type: "approval.recorded" | "approval.joined",
): Promise<Result<number, Refusal>> =>
  world.store.transact(async (ledger) => {
    const { approvalId, workId: work, approver, challenge, input, validity } = record;
    // Taking back means all that was asked before it, also when it comes while the record is being judged.
    const withdrawn = (await ledger.leaves(judgedAt)).findLast(
      (leaf) => leaf.type === "approval.withdrawn" && leaf.work === work,
    );
    if (withdrawn !== undefined)
      return refuse(refusal("approval/withdrawn", { approval: approvalId, by: withdrawn.actor }));
    const now = await ledger.work(work);
    const state = now === "absent" ? "candidate" : now.state;
    const isRenewed = state === "approved";
    const next = isRenewed ? transition(state, "stale", "harness") : transition(state, "approved", "owner");
    if (!next.ok) return next;
    // Whoever comes again, with the same bytes or others, is a claimant of his own.
    const claimant = Buffer.from(world.clock.newNonce()).toString("base64url");
    if (!(await ledger.claimOnce("nonce", `${challenge.nonce} ${approver.principal}`, claimant)))
      return refuse(refusal("approval/already-recorded", { approval: approvalId, by: approver.principal }));
    await ledger.keep("packet", packet);
    const digests = {
      record: await ledger.keep("approval", bytes),
      challenge: challenge.sha256,
      ...(signature === "absent" ? {} : { signature: await ledger.keep("signature", signature) }),
    };
    const harness = { actor: "harness", channel: "harness", work } as const;
    if (type === "approval.recorded" && isRenewed)
      await ledger.appendLeaf({ ...harness, type: "approval.stale", detail: { moved: "a newer approval" } });
    const { bootId, bootMs } = world.clock.now();
    const leaf = await ledger.appendLeaf({
      type,
      actor: approver.principal,
      channel: world.operator.channel,
      work,
      approvalId,
      digests,
      detail: { assurance, expiresAt: validity.expiresAt, presented: input.presentedSha256, bootId, bootMs },
    });
    return ok(leaf.seq);
  });
