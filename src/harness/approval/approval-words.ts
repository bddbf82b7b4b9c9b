import type { SignedWords } from "../../workflow/approval/approve.ts";
import { parseDigest } from "../../workflow/digest.ts";
import type { LedgerRecord } from "../../workflow/ledger.ts";
import type { World } from "../world.ts";

/** Every record of the approval that a leaf completes: those that joined it before, and its own. */
export const wordsBehind = async (
  world: World,
  leaves: readonly LedgerRecord[],
  leaf: LedgerRecord | "absent",
): Promise<readonly SignedWords[]> => {
  if (leaf === "absent") return [];
  const joined = leaves.filter(
    ({ type, approvalId, seq }) => type === "approval.joined" && approvalId === leaf.approvalId && seq < leaf.seq,
  );
  const said = await Promise.all([...joined, leaf].map((one) => wordsOfLeaf(world, one)));
  return said.flatMap((words) => (words === "absent" ? [] : [words]));
};

const wordsOfLeaf = async (world: World, leaf: LedgerRecord): Promise<SignedWords | "absent"> => {
  const document = async (name: string): Promise<Uint8Array | "absent"> => {
    const digest = parseDigest(leaf.digests?.[name] ?? "");
    return digest === undefined ? "absent" : world.store.document(digest);
  };
  const record = await document("record");
  return record === "absent" ? "absent" : { record, signature: await document("signature") };
};
