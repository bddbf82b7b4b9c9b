import { ledgerOrigin, type Checkpoint } from "../../workflow/checkpoint.ts";
import type { LedgerRow } from "../../workflow/ledger.ts";
import { EMPTY_FRONTIER, leafHash, rootOf, withLeaf } from "../../workflow/merkle.ts";
import type { World } from "../world.ts";

/** The ledger as it stood when it had so many records; whoever claims to have seen more has seen another one. */
export const checkpointOf = (
  { homeId }: Pick<World, "homeId">,
  rows: readonly Pick<LedgerRow, "text">[],
  size: number,
): Checkpoint => {
  const tree = rows.slice(0, size).reduce((grown, { text }) => withLeaf(grown, leafHash(text)), EMPTY_FRONTIER);
  return { origin: ledgerOrigin(homeId), size: tree.size, rootHash: Buffer.from(rootOf(tree)).toString("base64") };
};
