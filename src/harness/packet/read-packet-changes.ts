import { scopeOf } from "../../workflow/approval/approval-binding.ts";
import { quorumOf } from "../../workflow/approval/quorum.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import { asJson } from "../../workflow/as-json.ts";
import { contractChanges, gravest } from "../../workflow/contract/contract-changes.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { digestOf, isJsonObject, parseDigest, type Digest, type Json } from "../../workflow/digest.ts";
import type { RunId, WorkId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { POLICY_PATH, readPolicy } from "../../workflow/read-policy.ts";
import { recordBytes } from "../admission/read-target-state.ts";
import { drawnFrom, packetOf, today } from "../home/documents.ts";
import { lineOf } from "../objects/line-of-change.ts";
import type { PacketChanges } from "../objects/packet-changes.ts";
import { refusalObject } from "../objects/refusal-object.ts";
import { detailText } from "../reading/detail-text.ts";
import type { World } from "../world.ts";

/** What a packet is held against: its newest approval, what this reader signed or marked last, the contract of a run, another packet, or the bytes of one. */
export type Against = "approved" | "reviewed" | RunId | { readonly work: WorkId } | { readonly source: SourceDocument };

export const readPacketChanges = async (world: World, work: WorkId, against: Against): Promise<PacketChanges> => {
  const drawn = await drawnFrom(world, await packetOf(world, work));
  if (!drawn.ok) return { work, kind: "no-contract", refusals: drawn.refusals.map(refusalObject) };
  const { packet, contract } = drawn.value;
  const earlier = await earlierOf(world, { work, owner: contract.owner }, against);
  if (earlier === "none") return { work, kind: against === "reviewed" ? "never-reviewed" : "never-approved" };
  const { from, compared, told } = earlier;
  const now = contractDigest(contract);
  const young = compared === "contract" ? asJson(contract) : asJson(scopeOf(contract));
  if (!isJsonObject(young)) throw new TypeError("a contract is an object");
  const changes = from.contract === now ? [] : contractChanges(told, young);
  const to = { packet: packet.source.digest, contract: now };
  const isReworded = changes.length === 0 && from.packet !== undefined && from.packet !== to.packet;
  const kind = isReworded ? "wording" : gravest(changes);
  const placed = changes.map((change) => ({ ...change, line: lineOf(packet, change) }));
  return { work, kind: "compared", from, to, compared, class: kind, changes: placed };
};

interface Earlier {
  readonly from: {
    readonly approval?: string;
    readonly run?: RunId;
    readonly work?: WorkId;
    readonly packet?: Digest;
    readonly contract: Digest;
  };
  readonly compared: "contract" | "scope";
  readonly told: Readonly<Record<string, Json>>;
}

const earlierOf = async (
  world: World,
  { work, owner }: { readonly work: WorkId; readonly owner: string },
  against: Against,
): Promise<Earlier | "none"> => {
  if (typeof against !== "string")
    return "work" in against ? ofOther(world, against.work) : ofBytes(against.source, today(world));
  if (against !== "approved" && against !== "reviewed") return ofRun(world, against);
  const leaves = await world.store.records({ work });
  if (against === "approved") return ofApproval(world, leaves, (leaf) => leaf.type === "approval.recorded");
  const signed = await signersHere(world, owner);
  const last = leaves.findLast(
    ({ type, actor }) =>
      (type === "packet.reviewed" && actor === world.operator.user) ||
      ((type === "approval.recorded" || type === "approval.joined") && signed.includes(actor)),
  );
  if (last?.type === "packet.reviewed") return ofMarked(world, last);
  return ofApproval(world, leaves, (leaf) => leaf === last);
};

/** As whom this reader signs: by the name of this user, and as the one principal who may approve, where there is one. */
const signersHere = async ({ home, operator }: World, owner: string): Promise<readonly string[]> => {
  const policy = readPolicy(await home.read(POLICY_PATH));
  const eligible = policy.ok ? quorumOf(policy.value, owner).eligible : [];
  return eligible.length === 1 ? [operator.user, ...eligible] : [operator.user];
};

const ofApproval = async (
  world: World,
  leaves: readonly LedgerRecord[],
  isMeant: (leaf: LedgerRecord) => boolean,
): Promise<Earlier | "none"> => {
  const leaf = leaves.findLast(isMeant);
  if (leaf === undefined) return "none";
  const spent = leaves.find(({ type, approvalId }) => type === "approval.consumed" && approvalId === leaf.approvalId);
  const whole = spent?.run === undefined ? "none" : await ofRun(world, spent.run);
  const bytes = await recordBytes(world, leaf);
  const read = bytes === "absent" ? undefined : readApprovalRecord(bytes);
  if (read?.ok !== true) return whole;
  const { record, subjects } = read.value;
  const signed = { approval: record.approvalId, packet: subjects.packet };
  if (whole !== "none") return { ...whole, from: { ...signed, ...whole.from } };
  const told = asJson(record.scope);
  return isJsonObject(told) ? { from: { ...signed, contract: subjects.contract }, compared: "scope", told } : "none";
};

/** The contract of the bytes that were marked. A mark that kept none, or bytes that say no contract, are no review. */
const ofMarked = async (world: World, leaf: LedgerRecord): Promise<Earlier | "none"> => {
  const digest = parseDigest(leaf.digests?.["packet"] ?? "");
  const bytes = digest === undefined ? "absent" : await world.store.document(digest);
  if (digest === undefined || bytes === "absent") return "none";
  return ofBytes({ path: detailText(leaf, "path") ?? "", bytes, digest }, leaf.at.slice(0, 10));
};

const ofBytes = (source: SourceDocument, day: string): Earlier | "none" => {
  const read = readPacket(source, day);
  const contract = read.ok ? drawContract(read.value.packet) : read;
  const told = contract.ok ? asJson(contract.value) : undefined;
  if (!contract.ok || !isJsonObject(told)) return "none";
  return { from: { packet: source.digest, contract: contractDigest(contract.value) }, compared: "contract", told };
};

/** The contract of another work item, as its packet says it now. */
const ofOther = async (world: World, work: WorkId): Promise<Earlier | "none"> => {
  const drawn = await drawnFrom(world, await packetOf(world, work));
  const told = drawn.ok ? asJson(drawn.value.contract) : undefined;
  if (!drawn.ok || !isJsonObject(told)) return "none";
  const { packet, contract } = drawn.value;
  const from = { work, packet: packet.source.digest, contract: contractDigest(contract) };
  return { from, compared: "contract", told };
};

const ofRun = async (world: World, run: RunId): Promise<Earlier | "none"> => {
  if (!(await world.archive.isSealed(run))) return "none";
  const name = "approval/contract.json";
  const bytes = await world.archive.peek(run, "bundle", name, LIMITS.bundleHeldFileBytesMax);
  const told = bytes === "absent" ? undefined : objectIn(bytes);
  return bytes === "absent" || told === undefined
    ? "none"
    : { from: { run, contract: digestOf(bytes) }, compared: "contract", told };
};

const objectIn = (bytes: Uint8Array): Readonly<Record<string, Json>> | undefined => {
  try {
    const read: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(read) ? read : undefined;
  } catch {
    return undefined;
  }
};
