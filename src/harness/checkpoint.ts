import type { Ledger } from "../seams/store.ts";
import type { ApprovalRecord } from "../workflow/approval/approval-record.ts";
import { treeRoot } from "../workflow/merkle.ts";
import type { World } from "./world.ts";

/** Size and tree root of the ledger as it stands; every human record carries one, so that history before it is sealed. */
export const checkpointOf = async (
  world: World,
  ledger: Pick<Ledger, "leaves">,
): Promise<ApprovalRecord["ledgerCheckpoint"]> => {
  const texts = (await ledger.leaves(0)).map(({ text }) => text);
  return {
    origin: `cto-harness/ledger/${world.homeId}`,
    size: texts.length,
    rootHash: Buffer.from(treeRoot(texts)).toString("base64"),
  };
};
