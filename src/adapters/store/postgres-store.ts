import { sql, type Kysely } from "kysely";

import type { Store } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { migrate, versionOf } from "./migrate-postgres.ts";
import { openToRead, openToWrite, requireDurable, schemaOf } from "./open-postgres.ts";
import { emptyDatabase, kyselyOver } from "./open-sqlite.ts";
import { failureOf, isConflict } from "./postgres-errors.ts";
import { requireKnown } from "./schema-version.ts";
import { storeOver, type OpenDatabase, type StoreOptions } from "./store-over.ts";
import type { Tables } from "./tables.ts";

/** The ledger of one home in a schema of its own on a PostgreSQL server. Writers of all machines go one after another. */
export const openPostgresStore = async (url: string, options: StoreOptions): Promise<Store> => {
  const { homeId, readOnly } = options;
  const reading = openToRead(url, homeId);
  const writing = readOnly === true ? "read-only" : openToWrite(url, homeId);
  const close = async (): Promise<void> => {
    await reading.destroy();
    if (writing !== "read-only") await writing.destroy();
  };
  try {
    await requireDurable(reading);
    if (writing !== "read-only") await migrate(writing, schemaOf(homeId), ledgerStart(homeId));
    const version = await versionOf(reading, schemaOf(homeId));
    if (version === 0) {
      await close();
      return await emptyStore(options);
    }
    requireKnown(version);
    const transact = writing === "read-only" ? writing : transactOver(writing);
    return await storeOver({ dialect: "postgresql", reading, transact, failureOf, close }, options);
  } catch (error) {
    await close();
    throw failureOf(error);
  }
};

/** Of a home's schema, 0 where there is none. */
export const schemaVersionAt = async (url: string, homeId: string): Promise<number> => {
  const db = openToRead(url, homeId);
  try {
    return await versionOf(db, schemaOf(homeId));
  } catch (error) {
    throw failureOf(error);
  } finally {
    await db.destroy();
  }
};

const emptyStore = async (options: StoreOptions): Promise<Store> => {
  const empty = await emptyDatabase(ledgerStart(options.homeId));
  const close = async (): Promise<void> => void empty.close();
  return storeOver({ dialect: "sqlite", reading: kyselyOver(empty), transact: "read-only", failureOf, close }, options);
};

const transactOver = (writing: Kysely<Tables>): Exclude<OpenDatabase["transact"], "read-only"> => {
  const alone = oneAfterTheOther();
  return (work) =>
    alone(async () => {
      for (let tries = 1; ; tries += 1) {
        try {
          return await writing.transaction().execute(async (inside) => {
            await guard(inside);
            return work(inside);
          });
        } catch (error) {
          if (!isConflict(error) || tries === LIMITS.storeConflictTries) throw error;
        }
      }
    });
};

/** From here to its end no other transaction of this home does anything: each begins with this row. */
export const guard = async (db: Kysely<Tables>): Promise<void> => {
  const { rows } = await sql`select id from ledger_head where id = 1 for update`.execute(db);
  if (rows.length !== 1) throw new Failure("store/corrupt", "The ledger has no head.");
};

// Those of this process wait here, however long their turn takes; not for a connection, which would run out of time.
const oneAfterTheOther = (): (<T>(act: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const mine = last.then(act);
    last = mine.catch(() => undefined);
    return mine;
  };
};
