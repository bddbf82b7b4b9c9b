import type { Kysely } from "kysely";

import type { SealRow } from "../../seams/store.ts";
import type { RunId } from "../../workflow/ids.ts";
import { sealRowOf } from "./rows.ts";
import type { SealTable, Tables } from "./tables.ts";

/** A seal is written once; sealing again with other bytes under the same revision is a bug. */
export const keepSeal = async (db: Kysely<Tables>, seal: SealTable): Promise<void> => {
  const kept = await db
    .selectFrom("seals")
    .selectAll()
    .where("run_id", "=", seal.run_id)
    .where("revision", "=", seal.revision)
    .executeTakeFirst();
  if (kept === undefined) {
    await db.insertInto("seals").values(seal).execute();
    return;
  }
  if (kept.sums !== seal.sums || kept.bytes !== seal.bytes)
    throw new TypeError(`${seal.run_id} revision ${seal.revision} is sealed over other bytes`);
};

export const sealsOf = async (db: Kysely<Tables>, run: RunId): Promise<readonly SealRow[]> => {
  const rows = await db.selectFrom("seals").selectAll().where("run_id", "=", run).orderBy("revision").execute();
  return rows.map(sealRowOf);
};
