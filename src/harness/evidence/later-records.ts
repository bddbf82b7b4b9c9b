import { parseDigest } from "../../workflow/digest.ts";
import type { Later, SignedRecord } from "../../workflow/evidence/verify/later.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { World } from "../world.ts";

/**
 * What humans signed about a run after it was sealed, as this home has it. The record that was attached to the bundle
 * comes first: whoever changed that one is seen, and a copy in the ledger does not make it good.
 */
export const laterRecords = async (world: Pick<World, "archive" | "store">, run: RunId): Promise<Later> => {
  const leaves = await world.store.records({ runs: [run] });
  const decided = leaves.findLast(({ type }) => type === "outcome.accepted" || type === "outcome.rejected");
  const used = leaves.find(({ type }) => type === "approval.consumed")?.approvalId;
  const attached = await attachedOutcome(world, run);
  const outcome = attached === "absent" ? await keptRecord(world, decided) : attached;
  const [withdrawn] =
    used === undefined ? [] : await world.store.records({ approvalId: used, types: ["approval.withdrawn"], newest: 1 });
  const withdrawal = await keptRecord(world, withdrawn);
  return { ...(outcome === "absent" ? {} : { outcome }), ...(withdrawal === "absent" ? {} : { withdrawal }) };
};

const attachedOutcome = async (world: Pick<World, "archive">, run: RunId): Promise<SignedRecord | "absent"> => {
  const record = await world.archive.peek(run, "addenda", "outcome.json", LIMITS.outcomeRecordBytesMax);
  const signature = await world.archive.peek(run, "addenda", "outcome.json.sig", LIMITS.signatureBytesMax);
  return record === "absent" ? "absent" : { record, signature };
};

/** The record that a leaf of the ledger names; a withdrawal without a signature has none. */
export const keptRecord = async (
  world: Pick<World, "store">,
  leaf: LedgerRecord | undefined,
): Promise<SignedRecord | "absent"> => {
  const [named, signed] = ["record", "signature"].map((name) => parseDigest(leaf?.digests?.[name] ?? ""));
  const record = named === undefined ? "absent" : await world.store.document(named);
  if (record === "absent") return "absent";
  return { record, signature: signed === undefined ? "absent" : await world.store.document(signed) };
};

/**
 * Lays a recorded outcome beside its bundle, as often as it is asked: whoever comes after a kill between the ledger and
 * the bundle makes up for it. Another one that lies there already is a Failure.
 */
export const attachOutcome = async (
  world: Pick<World, "archive">,
  run: RunId,
  { record, signature }: SignedRecord,
): Promise<void> => {
  await world.archive.attach(run, "outcome.json", record);
  if (signature !== "absent") await world.archive.attach(run, "outcome.json.sig", signature);
};
