import { AsyncLocalStorage } from "node:async_hooks";

import type Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";

import type { Store } from "../../seams/store.ts";
import { ledgerOrigin, type NoteSigner } from "../../workflow/checkpoint.ts";
import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { timeText, type Instant } from "../../workflow/instant.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { checkLedger, ledgerBeginning, rawLedger } from "./check-ledger.ts";
import { documentOf } from "./documents.ts";
import { factsOf } from "./fact-rows.ts";
import { ledgerOver } from "./kysely-ledger.ts";
import { headOf, type Notary } from "./ledger-head.ts";
import { allWorks, findWork, leavesAfter } from "./ledger-rows.ts";
import { openForReading, openForWriting, whenFree } from "./open-database.ts";
import { countDeliveries, isNoticeDue, newestNotices } from "./outbox-views.ts";
import { listRecords } from "./record-lists.ts";
import { countRuns, listRuns } from "./run-lists.ts";
import { findRun, findRuns } from "./run-rows.ts";
import { sealsOf } from "./seal-rows.ts";
import { orFailure } from "./sqlite-errors.ts";
import type { Tables } from "./tables.ts";

export interface StoreOptions {
  readonly homeId: string;
  readonly now: () => Instant;
  /** The key of the Harness as it is now; signs the checkpoint of each record, and the last one is checked against it. */
  readonly signer: () => Promise<NoteSigner>;
  /** For reads only: an absent ledger reads as empty, nothing is written, `transact` is a bug. */
  readonly readOnly?: true;
}

/** The ledger of one home in one SQLite file. Any number of processes may hold it open; writers go one after another. */
export const openStore = async (path: string, { homeId, now, signer, readOnly }: StoreOptions): Promise<Store> => {
  const start = ledgerStart(homeId);
  return orFailure(async () => {
    const writing = readOnly === true ? "read-only" : await openForWriting(path, start);
    // Reads have their own connection, so that they wait for no transaction and see nothing of an unfinished one.
    const reading = await openForReading(path, start);
    const notary = { origin: ledgerOrigin(homeId), signer };
    const store = storeOver(reading, writing, start, notary, () => timeText(now().epochMs));
    if ((await ledgerBeginning(kyselyOver(reading))) === start) return store;
    await store.close();
    throw new Failure("store/corrupt", `This ledger does not begin with the home id ${homeId}.`);
  });
};

const storeOver = (
  reading: Database.Database,
  writing: Database.Database | "read-only",
  start: Digest,
  notary: Notary,
  at: () => string,
): Store => {
  const db = kyselyOver(reading);
  return {
    transact: writing === "read-only" ? refuseToWrite : transactOver(writing, notary, at),
    facts: (run) => orFailure(() => factsOf(db, run)),
    leaves: (after) => orFailure(() => leavesAfter(db, after)),
    records: (filter) => orFailure(() => listRecords(db, filter)),
    document: (digest) => orFailure(() => documentOf(db, digest)),
    run: (run) => orFailure(() => findRun(db, run)),
    runs: (filter) => orFailure(() => findRuns(db, filter)),
    listRuns: (filter) => orFailure(() => listRuns(db, filter)),
    countRuns: () => orFailure(() => countRuns(db)),
    works: () => orFailure(() => allWorks(db)),
    work: (work) => orFailure(() => findWork(db, work)),
    seals: (run) => orFailure(() => sealsOf(db, run)),
    check: () => orFailure(() => checkLedger(db, start, notary)),
    head: () => orFailure(() => headOf(db, notary.origin)),
    raw: () => orFailure(() => rawLedger(db)),
    notices: (limit) => orFailure(() => newestNotices(db, limit)),
    deliveries: () => orFailure(() => countDeliveries(db)),
    isNoticeDue: (nowMs) => orFailure(() => isNoticeDue(db, nowMs)),
    close: async () => {
      await db.destroy();
      reading.close();
      if (writing !== "read-only") writing.close();
    },
  };
};

const transactOver = (writing: Database.Database, notary: Notary, at: () => string): Store["transact"] => {
  const db = kyselyOver(writing);
  const inside = new AsyncLocalStorage<true>();
  return (work) =>
    orFailure(async () => {
      if (inside.getStore()) throw new TypeError("a transaction inside a transaction would wait for itself for ever");
      // Kysely lends the one connection to one caller at a time; the next one waits here, not in SQLite.
      return db.connection().execute(async (connection) => {
        await whenFree(() => writing.exec("begin immediate"));
        try {
          const value = await inside.run(true, () => work(ledgerOver(connection, at, notary)));
          writing.exec("commit");
          return value;
        } catch (error) {
          if (writing.inTransaction) writing.exec("rollback");
          throw error;
        }
      });
    });
};

const refuseToWrite: Store["transact"] = () => {
  throw new TypeError("this ledger is open for reading only");
};

const kyselyOver = (database: Database.Database): Kysely<Tables> =>
  new Kysely<Tables>({ dialect: new SqliteDialect({ database }) });
