import { sql, type Kysely } from "kysely";

import type { Digest } from "../../workflow/digest.ts";
import type { LedgerPlace } from "./copy-ledger.ts";
import { headRow } from "./ledger-head.ts";
import { makeSchema, versionOf } from "./migrate-postgres.ts";
import { openToWrite, requireDurable, schemaOf, shownUrl } from "./open-postgres.ts";
import { failureOf } from "./postgres-errors.ts";
import { guard } from "./postgres-store.ts";
import { requireKnown } from "./schema-version.ts";
import type { Tables } from "./tables.ts";

/** The schema of a home on a server as the one or the other side of a copy. */
export const postgresPlace = (url: string, homeId: string, start: Digest): LedgerPlace => {
  const schema = schemaOf(homeId);
  const within = async <T>(act: (db: Kysely<Tables>) => Promise<T>): Promise<T> => {
    const db = openToWrite(url, homeId);
    try {
      await requireDurable(db);
      return await db.transaction().execute(async (inside) => {
        // What is read from the other side meanwhile takes as long as it takes.
        await sql`set local idle_in_transaction_session_timeout = 0`.execute(inside);
        return act(inside);
      });
    } finally {
      await db.destroy();
    }
  };
  return {
    dialect: "postgresql",
    name: shownUrl(url),
    failureOf,
    hold: (act) =>
      within(async (db) => {
        requireKnown(await versionOf(db, schema));
        await guard(db);
        return act(db);
      }),
    end: () => within(async (db) => ((await versionOf(db, schema)) === 0 ? "none" : headRow(db))),
    make: (fill) =>
      within(async (db) => {
        await setAside(db, schema);
        await makeSchema(db, schema, start);
        return fill(db);
      }),
    // It stays where it is, and takes nothing more.
    setAside: async () => undefined,
  };
};

const setAside = async (db: Kysely<Tables>, schema: string): Promise<void> => {
  const { rows } = await sql<{ name: string }>`select nspname as name from pg_namespace
    where starts_with(nspname::text, ${schema})`.execute(db);
  const names = new Set(rows.map(({ name }) => name));
  if (!names.has(schema)) return;
  let aside = `${schema}_moved`;
  for (let n = 2; names.has(aside); n += 1) aside = `${schema}_moved_${n}`;
  await sql`alter schema ${sql.table(schema)} rename to ${sql.table(aside)}`.execute(db);
};
