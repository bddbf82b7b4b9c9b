import { approvalHistory } from "../../workflow/approval/approval-history.ts";
import { readApprovalRecord, type ReadApproval } from "../../workflow/approval/read-approval-record.ts";
import { workId, type WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord, LedgerType } from "../../workflow/ledger.ts";
import { recordBytes } from "../admission/read-target-state.ts";
import type { ApprovalView } from "../objects/approval.ts";
import { detailText } from "../reading/detail-text.ts";
import type { World } from "../world.ts";

type OwnView = ApprovalView & { readonly work: WorkId };

/** Every approval of the ledger, the oldest first. What went stale without a record of it only the gate knows. */
export const readApprovals = async (world: World, work?: string): Promise<readonly OwnView[]> => {
  const leaves = await (work === undefined ? world.store.records({ types: TYPES }) : ofWork(world, work));
  return leaves
    .filter((leaf) => leaf.type === "approval.recorded" || isWaiting(leaf, leaves))
    .flatMap((leaf) => viewOf(leaf, leaves, world.clock.now().epochMs) ?? []);
};

const ofWork = async (world: World, given: string): Promise<readonly LedgerRecord[]> => {
  const work = workId(given);
  return work === undefined ? [] : world.store.records({ work });
};

/** What makes an approval, and what takes it back. */
const TYPES: readonly LedgerType[] = [
  "approval.challenged",
  "approval.joined",
  "approval.recorded",
  "approval.stale",
  "approval.expired",
  "approval.withdrawn",
  "approval.consumed",
  "target.suspended",
  "target.revoked",
];

// Of those that joined and were never completed the last one stands for all.
const isWaiting = ({ type, approvalId, seq }: LedgerRecord, leaves: readonly LedgerRecord[]): boolean =>
  type === "approval.joined" &&
  !leaves.some(
    (other) =>
      other.approvalId === approvalId &&
      other.seq > seq &&
      (other.type === "approval.recorded" || other.type === "approval.joined"),
  );

const viewOf = (leaf: LedgerRecord, leaves: readonly LedgerRecord[], nowMs: number): OwnView | undefined => {
  const { approvalId: id, work, actor: by, at, seq } = leaf;
  if (id === undefined || work === undefined) return undefined;
  const expiresAt = detailText(leaf, "expiresAt") ?? "";
  const assurance = detailText(leaf, "assurance") ?? "A0";
  return { id, work, by, assurance, at, expiresAt, seq, ...stateOf(leaf, leaves, nowMs) };
};

const stateOf = (
  leaf: LedgerRecord,
  leaves: readonly LedgerRecord[],
  nowMs: number,
): Pick<ApprovalView, "state" | "says"> => {
  const { consumed, withdrawn } = approvalHistory(leaves);
  const { approvalId: id = "", work, seq } = leaf;
  const by = withdrawn.get(id);
  const run = consumed.get(id);
  if (run !== undefined) return { state: "spent", says: `spent on ${run}` };
  if (by !== undefined) return { state: "withdrawn", says: `withdrawn by ${by}` };
  const later = leaves.filter((other) => other.work === work && other.seq > seq);
  const stale = later.find(({ type }) => type === "approval.stale");
  if (stale !== undefined) return { state: "stale", says: `stale: ${detailText(stale, "moved") ?? "unknown"}` };
  const removed = later.find(({ type }) => type === "target.suspended" || type === "target.revoked");
  if (removed !== undefined) return { state: "stale", says: `stale: admission ${removed.type.replace("target.", "")}` };
  const hasEnded =
    nowMs >= Date.parse(detailText(leaf, "expiresAt") ?? "") || later.some(({ type }) => type === "approval.expired");
  if (hasEnded) return { state: "expired", says: "expired" };
  return leaf.type === "approval.joined"
    ? { state: "waits", says: "waits for others to sign" }
    : { state: "open", says: "not used yet" };
};

/** The signed record of an approval and its bytes. */
export const readApproval = async (
  world: World,
  id: string,
): Promise<(ReadApproval & { readonly bytes: Uint8Array }) | "unreadable"> => {
  const types = ["approval.recorded", "approval.joined"] as const;
  const [leaf] = await world.store.records({ approvalId: id, types, newest: 1 });
  const bytes = leaf === undefined ? "absent" : await recordBytes(world, leaf);
  const read = bytes === "absent" ? undefined : readApprovalRecord(bytes);
  return bytes === "absent" || read?.ok !== true ? "unreadable" : { ...read.value, bytes };
};
