import type { Kysely } from "kysely";

import type { Tables } from "./tables.ts";

/** Whether the claim belongs to this claimant: it does for the first, for ever. */
export const claimOnce = async (db: Kysely<Tables>, claim: Tables["claims"]): Promise<boolean> => {
  await db
    .insertInto("claims")
    .values(claim)
    .onConflict((same) => same.columns(["what", "id"]).doNothing())
    .execute();
  const { claimant } = await db
    .selectFrom("claims")
    .select("claimant")
    .where("what", "=", claim.what)
    .where("id", "=", claim.id)
    .executeTakeFirstOrThrow();
  return claimant === claim.claimant;
};
