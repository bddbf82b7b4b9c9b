import { scopeOf } from "../workflow/approval/approval-binding.ts";
import { readApprovalRecord } from "../workflow/approval/read-approval-record.ts";
import { asJson } from "../workflow/as-json.ts";
import { contractChanges, gravest, type ContractChange } from "../workflow/contract/contract-changes.ts";
import { contractDigest } from "../workflow/contract/contract.ts";
import { digestOf, isJsonObject, type Digest, type Json } from "../workflow/digest.ts";
import type { RunId, WorkId } from "../workflow/ids.ts";
import { LIMITS } from "../workflow/limits.ts";
import { drawnFrom, packetOf } from "./documents.ts";
import { refusalObject } from "./objects/refusal-object.ts";
import type { RefusalObject } from "./objects/refusal.ts";
import { recordBytes } from "./read-target-state.ts";
import type { World } from "./world.ts";

/** What a packet of now says otherwise than a contract that was approved before. */
export type PacketChanges =
  | { readonly kind: "never-approved" }
  | { readonly kind: "no-contract"; readonly refusals: readonly RefusalObject[] }
  | {
      readonly kind: "compared";
      readonly from: { readonly approval?: string; readonly run?: RunId; readonly contract: Digest };
      readonly to: { readonly packet: Digest; readonly contract: Digest };
      /** Only what an approval record holds of its contract could be compared, where no run has spent it. */
      readonly compared: "contract" | "scope";
      readonly class: ReturnType<typeof gravest>;
      readonly changes: readonly ContractChange[];
    };

/** Holds the packet of a work item against its newest approval, or against the contract of one run. */
export const readPacketChanges = async (
  world: World,
  work: WorkId,
  against: "approved" | RunId,
): Promise<PacketChanges> => {
  const drawn = await drawnFrom(world, await packetOf(world, work));
  if (!drawn.ok) return { kind: "no-contract", refusals: drawn.refusals.map(refusalObject) };
  const { packet, contract } = drawn.value;
  const earlier = against === "approved" ? await approvedBefore(world, work) : await ofRun(world, against);
  if (earlier === "none") return { kind: "never-approved" };
  const { from, compared, told } = earlier;
  const now = contractDigest(contract);
  const young = compared === "contract" ? asJson(contract) : asJson(scopeOf(contract));
  if (!isJsonObject(young)) throw new TypeError("a contract is an object");
  const changes = from.contract === now ? [] : contractChanges(told, young);
  const to = { packet: packet.source.digest, contract: now };
  return { kind: "compared", from, to, compared, class: gravest(changes), changes };
};

interface Earlier {
  readonly from: { readonly approval?: string; readonly run?: RunId; readonly contract: Digest };
  readonly compared: "contract" | "scope";
  readonly told: Readonly<Record<string, Json>>;
}

const approvedBefore = async (world: World, work: WorkId): Promise<Earlier | "none"> => {
  const leaves = await world.store.leaves(0);
  const leaf = leaves.findLast((each) => each.type === "approval.recorded" && each.work === work);
  if (leaf === undefined) return "none";
  const spent = leaves.find(({ type, approvalId }) => type === "approval.consumed" && approvalId === leaf.approvalId);
  const whole = spent?.run === undefined ? "none" : await ofRun(world, spent.run);
  const bytes = await recordBytes(world, leaf);
  const read = bytes === "absent" ? undefined : readApprovalRecord(bytes);
  if (read?.ok !== true) return whole;
  const { record, subjects } = read.value;
  const approval = record.approvalId;
  if (whole !== "none") return { ...whole, from: { approval, ...whole.from } };
  const told = asJson(record.scope);
  return isJsonObject(told) ? { from: { approval, contract: subjects.contract }, compared: "scope", told } : "none";
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
