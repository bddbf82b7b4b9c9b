import type { Kysely } from "kysely";

import { RUN_ENDINGS } from "../../seams/store.ts";
import type { RunId } from "../../workflow/ids.ts";
import { shownAfterEnd } from "../../workflow/run-shown.ts";
import { recordOf } from "./rows.ts";
import type { LedgerTable, RunTable, Tables } from "./tables.ts";

/** Writes beside a run what it shows now, so that lists need not read the ledger. The ledger stays the truth of it. */
export const projectRun = async (db: Kysely<Tables>, run: RunId): Promise<void> => {
  const row = await db.selectFrom("runs").select(["ending", "shown"]).where("run_id", "=", run).executeTakeFirst();
  // An open run shows nothing of its own here: its records need not be read.
  if (row === undefined || row.ending === null) return;
  const leaves = await db.selectFrom("ledger").selectAll().where("run_id", "=", run).orderBy("seq").execute();
  const shown = shownOf(row.ending, leaves);
  if (shown !== row.shown) await db.updateTable("runs").set({ shown }).where("run_id", "=", run).execute();
};

/** Null while a run is open: then its holder says whether it goes on. */
export const shownOf = (ending: RunTable["ending"], leaves: readonly LedgerTable[]): string | null => {
  const known = RUN_ENDINGS.find((one) => one === ending);
  return known === undefined ? null : shownAfterEnd(known, leaves.map(recordOf));
};
