import type { RunRow } from "../../seams/store.ts";
import type { ApprovalRecord } from "../../workflow/approval/approval-record.ts";
import { readApprovalRecord } from "../../workflow/approval/read-approval-record.ts";
import { parseDigest } from "../../workflow/digest.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { World } from "../world.ts";

/** Where a run that was broken off left its target, as it is seen now. */
export interface TargetState {
  readonly kind: "untouched" | "holds-commit" | "unknown";
  /** Completes "target …": `untouched`, `holds commit <id>`, or why neither can be said. */
  readonly says: string;
}

const UNTOUCHED: TargetState = { kind: "untouched", says: "untouched" };

/** Looks at the target of a run whose process is gone. Writes nothing; without a permit nothing could have written. */
export const whereTargetStands = async (
  world: World,
  row: RunRow,
  own: readonly LedgerRecord[],
): Promise<TargetState> => {
  const approval = await spentApproval(world, own);
  if (approval === "none") return UNTOUCHED;
  if (approval === "unreadable") return unknown("its approval cannot be read");
  const { realpath, headRef, headCommit } = approval.target;
  const seen = await world.target.observe(realpath);
  const head = seen.ok ? seen.value.head : await branchIn(world, realpath, headRef);
  const { commit } = row.summary;
  if (typeof commit === "string" && head === commit) return { kind: "holds-commit", says: `holds commit ${commit}` };
  if (head !== headCommit) return unknown(head === undefined ? "it cannot be looked at" : `${headRef} is at ${head}`);
  return seen.ok ? UNTOUCHED : unknown(`at its base, but ${seen.refusals.map(({ code }) => code).join(", ")}`);
};

const unknown = (why: string): TargetState => ({ kind: "unknown", says: `not proven untouched: ${why}` });

/** The record of the approval that a run was started with. */
const spentApproval = async (
  world: World,
  own: readonly LedgerRecord[],
): Promise<ApprovalRecord | "none" | "unreadable"> => {
  const spent = own.find(({ type }) => type === "approval.consumed");
  if (spent?.approvalId === undefined) return spent === undefined ? "none" : "unreadable";
  const { approvalId } = spent;
  const [recorded] = await world.store.records({ approvalId, types: ["approval.recorded"] });
  return recorded === undefined ? "unreadable" : recordOf(world, recorded);
};

const recordOf = async (world: World, leaf: LedgerRecord): Promise<ApprovalRecord | "unreadable"> => {
  const document = await recordBytes(world, leaf);
  const read = document === "absent" ? undefined : readApprovalRecord(document);
  return read?.ok === true ? read.value.record : "unreadable";
};

/** The signed bytes behind a ledger entry. */
export const recordBytes = async (world: World, leaf: LedgerRecord): Promise<Uint8Array | "absent"> => {
  const digest = parseDigest(leaf.digests?.["record"] ?? "");
  return digest === undefined ? "absent" : world.store.document(digest);
};

// A target that does not pass the preflight still has its branches, read as files.
const branchIn = async (world: World, repository: string, ref: string): Promise<string | undefined> => {
  const { controlPlane } = await world.target.fingerprint(repository);
  const loose = controlPlane.entries.find(({ name }) => name === `ref ${ref} loose`);
  return (loose ?? controlPlane.entries.find(({ name }) => name === `ref ${ref} packed`))?.value;
};
