import { sql } from "kysely";

import type { Digest } from "../../workflow/digest.ts";
import { copyTables } from "./copy-tables.ts";
import { versionOf } from "./migrate-postgres.ts";
import { openToRead, schemaOf } from "./open-postgres.ts";
import { failureOf } from "./postgres-errors.ts";
import { requireKnown } from "./schema-version.ts";
import { sqlitePlace } from "./sqlite-place.ts";

/** The ledger on a server as it is at one moment, in a SQLite file that was not there; whoever writes meanwhile is not held up. */
export const snapshotServer = async (url: string, homeId: string, start: Digest, to: string): Promise<void> => {
  const db = openToRead(url, homeId);
  try {
    const moment = db.transaction().setIsolationLevel("repeatable read").setAccessMode("read only");
    await moment.execute(async (inside) => {
      await sql`set local idle_in_transaction_session_timeout = 0`.execute(inside);
      requireKnown(await versionOf(inside, schemaOf(homeId)));
      await sqlitePlace(to, start).make((fresh) => copyTables(inside, fresh));
    });
  } catch (error) {
    throw failureOf(error);
  } finally {
    await db.destroy();
  }
};
