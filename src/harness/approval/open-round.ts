import { approvalHistory } from "../../workflow/approval/approval-history.ts";
import type { ApprovalRecord } from "../../workflow/approval/approval-record.ts";
import type { SignedWords } from "../../workflow/approval/approve.ts";
import { subjectsOf } from "../../workflow/approval/draft-approval.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { readApprovalRecord, type ReadApproval } from "../../workflow/approval/read-approval-record.ts";
import { canonicalJson } from "../../workflow/digest.ts";
import type { World } from "../world.ts";
import { wordsBehind } from "./approval-words.ts";
import type { Presented } from "./present.ts";

/** An approval that some have signed and that waits for others. */
export interface OpenRound {
  readonly approvalId: string;
  readonly said: readonly SignedWords[];
  readonly records: readonly ApprovalRecord[];
}

/** The round that a signature of now would join; none when what was signed is no longer what is shown. */
export const openRound = async (world: World, shown: Presented): Promise<OpenRound | "none"> => {
  const leaves = await world.store.records({ work: shown.contract.workItem });
  const last = leaves.findLast(({ type }) => type === "approval.joined" || type === "approval.recorded");
  if (last?.approvalId === undefined || last.type !== "approval.joined") return "none";
  if (approvalHistory(leaves).withdrawn.has(last.approvalId)) return "none";
  const said = await wordsBehind(world, leaves, last);
  const read = said.map(({ record }) => readApprovalRecord(record));
  const records = read.flatMap((one) => (one.ok ? [one.value] : []));
  if (records.length < said.length || records.some((one) => !isOfNow(world, shown, one))) return "none";
  return { approvalId: last.approvalId, said, records: records.map(({ record }) => record) };
};

const isOfNow = (world: World, shown: Presented, { record, subjects }: ReadApproval): boolean => {
  const { contract, packet, admission, authority, trust, checksSource } = shown;
  const now = subjectsOf(contract, packet.source.digest, admission, authority);
  return (
    canonicalJson(subjects) === canonicalJson(now) &&
    record.harness.buildSha256 === world.build.digest &&
    record.authority.allowedSignersSha256 === trust.digest &&
    record.packet.checksSha256 === (checksSource === "absent" ? null : checksSource.digest) &&
    record.quorum.required === quorumOf(authority, contract.owner).required &&
    world.clock.now().epochMs < Date.parse(record.validity.expiresAt)
  );
};
