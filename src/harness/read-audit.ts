import type { LedgerRecord } from "../workflow/ledger.ts";
import type { World } from "./world.ts";

/** The ledger as it stands, and where its chain does not hold. */
export interface AuditView {
  readonly verdict: "PASS" | "FAIL";
  readonly size: number;
  /** Root of the RFC 6962 tree over the entries' texts, base64. */
  readonly rootHash: string;
  readonly wrong: readonly number[];
}

export const readAudit = async (world: World): Promise<AuditView> => {
  const wrong = await world.store.check();
  const { size, rootHash } = (await world.store.head()).checkpoint;
  return { verdict: wrong.length === 0 ? "PASS" : "FAIL", size, rootHash, wrong };
};

/** The newest entries of the ledger, the newest last. */
export const readEntries = async (
  world: World,
  filter: { readonly work?: string; readonly limit: number },
): Promise<readonly LedgerRecord[]> => {
  const leaves = await world.store.leaves(0);
  return leaves.filter(({ work }) => filter.work === undefined || work === filter.work).slice(-filter.limit);
};
