import { quorumOf } from "../../workflow/approval/quorum.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import type { Reviewed } from "../../workflow/approval/review-rows.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { parseDigest, type Digest } from "../../workflow/digest.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { recordBytes } from "../admission/read-target-state.ts";
import { today } from "../home/documents.ts";
import type { World } from "../world.ts";
import type { Presented } from "./present.ts";

/** What a person signed or marked as reviewed before, as far as it is still known. Opening a page is no review. */
export interface LastReview {
  /** Digest of the packet that it was; null before the first. */
  readonly packet: Digest | null;
  readonly reviewed: Reviewed;
}

/**
 * The newest review of this work item by one who approves under this name. A mark is of the user of this machine, so
 * it says who looked only where one person alone may approve.
 */
export const lastReview = async (
  world: World,
  { contract, packet, checksSource, authority }: Presented,
  principal: string,
  leaves: readonly LedgerRecord[],
): Promise<LastReview> => {
  const isAlone = quorumOf(authority, contract.owner).eligible.length === 1;
  const leaf = leaves.findLast(
    ({ type, work, actor }) =>
      work === contract.workItem &&
      ((SIGNED.has(type) && actor === principal) ||
        (isAlone && type === "packet.reviewed" && actor === world.operator.user)),
  );
  const seen = leaf === undefined ? "none" : await seenIn(world, leaf);
  if (seen === "none") return { packet: null, reviewed: "unknown" };
  const bytes = await world.store.document(seen.packet);
  const read =
    bytes === "absent" ? undefined : readPacket({ ...packet.source, bytes, digest: seen.packet }, today(world));
  const drawn = read?.ok === true ? drawContract(read.value.packet) : undefined;
  if (drawn?.ok !== true) return { packet: seen.packet, reviewed: "unknown" };
  const checks = checksSource === "absent" ? null : checksSource.digest;
  return {
    packet: seen.packet,
    reviewed: {
      contract: drawn.value,
      isSamePacket: seen.packet === packet.source.digest,
      checks: seen.checks === checks ? "same" : "others",
    },
  };
};

const SIGNED: ReadonlySet<string> = new Set(["approval.recorded", "approval.joined"]);

/** Who marks a packet is shown no probes, so with them it is never the same again. */
const seenIn = async (
  world: World,
  leaf: LedgerRecord,
): Promise<"none" | { readonly packet: Digest; readonly checks: Digest | null }> => {
  const marked = parseDigest(leaf.digests?.["packet"] ?? "");
  if (marked !== undefined) return { packet: marked, checks: null };
  const bytes = await recordBytes(world, leaf);
  const read = bytes === "absent" ? undefined : readApprovalRecord(bytes);
  return read?.ok === true
    ? { packet: read.value.subjects.packet, checks: read.value.record.packet.checksSha256 }
    : "none";
};
