import { existsSync } from "node:fs";

import type Database from "better-sqlite3";

import type { Store } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { kyselyOver, openForReading, openForWriting, whenFree } from "./open-sqlite.ts";
import { failureOf } from "./sqlite-errors.ts";
import { movedFile } from "./sqlite-place.ts";
import { storeOver, type OpenDatabase, type StoreOptions } from "./store-over.ts";

/** The ledger of one home in one SQLite file. Any number of processes may hold it open; writers go one after another. */
export const openStore = async (path: string, options: StoreOptions): Promise<Store> => {
  const start = ledgerStart(options.homeId);
  // A second ledger must not begin where one was moved away from.
  if (!existsSync(path) && existsSync(movedFile(path)))
    throw new Failure("store/moved", `${movedFile(path)} is there.`);
  try {
    const writing = options.readOnly === true ? "read-only" : await openForWriting(path, start);
    // Reads have their own connection, so that they wait for no transaction and see nothing of an unfinished one.
    const reading = await openForReading(path, start);
    return await storeOver(databaseOver(reading, writing), options);
  } catch (error) {
    throw failureOf(error);
  }
};

const databaseOver = (reading: Database.Database, writing: Database.Database | "read-only"): OpenDatabase => ({
  dialect: "sqlite",
  reading: kyselyOver(reading),
  transact: writing === "read-only" ? writing : transactOver(writing),
  failureOf,
  close: async () => {
    reading.close();
    if (writing !== "read-only") writing.close();
  },
});

const transactOver = (writing: Database.Database): Exclude<OpenDatabase["transact"], "read-only"> => {
  const db = kyselyOver(writing);
  return (work) =>
    // Kysely lends the one connection to one caller at a time; the next one waits here, not in SQLite.
    db.connection().execute(async (connection) => {
      await whenFree(() => writing.exec("begin immediate"));
      try {
        const value = await work(connection);
        writing.exec("commit");
        return value;
      } catch (error) {
        if (writing.inTransaction) writing.exec("rollback");
        throw error;
      }
    });
};
