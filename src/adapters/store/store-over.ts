import { AsyncLocalStorage } from "node:async_hooks";

import type { Kysely } from "kysely";

import type { Store } from "../../seams/store.ts";
import { ledgerOrigin, type NoteSigner } from "../../workflow/checkpoint.ts";
import type { Digest } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { timeText, type Instant } from "../../workflow/instant.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { checkLedger, ledgerBeginning, rawLedger } from "./check-ledger.ts";
import type { Dialect } from "./ddl.ts";
import { documentOf } from "./documents.ts";
import { factsOf } from "./fact-rows.ts";
import { ledgerOver } from "./kysely-ledger.ts";
import { headOf, type Notary } from "./ledger-head.ts";
import { findWork, findWorks, leavesAfter } from "./ledger-rows.ts";
import { isMoved } from "./moved-ledger.ts";
import { countDeliveries, isNoticeDue, newestNotices } from "./outbox-views.ts";
import { lastRecords, listRecords } from "./record-lists.ts";
import { countRuns, listRuns } from "./run-lists.ts";
import { findRun, findRuns } from "./run-rows.ts";
import { sealsOf } from "./seal-rows.ts";
import { storeProblems } from "./store-problems.ts";
import type { Tables } from "./tables.ts";

export interface StoreOptions {
  readonly homeId: string;
  readonly now: () => Instant;
  /** The key of the Harness as it is now; signs the checkpoint of each record, and the last one is checked against it. */
  readonly signer: () => Promise<NoteSigner>;
  /** For reads only: an absent ledger reads as empty, nothing is written, `transact` is a bug. */
  readonly readOnly?: true;
}

/** One database with a ledger in it, opened. */
export interface OpenDatabase {
  readonly dialect: Dialect;
  /** Waits for no transaction and sees nothing of an unfinished one; `transaction()` shows one moment. */
  readonly reading: Kysely<Tables>;
  /** All of `work` or nothing, one after the other whoever else writes. */
  readonly transact: "read-only" | (<T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>);
  /** A Failure for what the world can do to a database; constraints and misuse stay bugs. */
  readonly failureOf: (error: unknown) => unknown;
  readonly close: () => Promise<void>;
}

/** The ledger of one home over whichever database it lies in. */
export const storeOver = async (database: OpenDatabase, { homeId, now, signer }: StoreOptions): Promise<Store> => {
  const { reading: db, failureOf } = database;
  const start = ledgerStart(homeId);
  const notary: Notary = { origin: ledgerOrigin(homeId), signer };
  const orFailure = async <T>(act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      throw failureOf(error);
    }
  };
  const store: Store = {
    transact: transactOver(database, notary, () => timeText(now().epochMs)),
    facts: (run) => orFailure(() => factsOf(db, run)),
    leaves: (after) => orFailure(() => leavesAfter(db, after)),
    records: (filter) => orFailure(() => listRecords(db, filter)),
    lastRecords: () => orFailure(() => lastRecords(db)),
    document: (digest) => orFailure(() => documentOf(db, digest)),
    run: (run) => orFailure(() => findRun(db, run)),
    runs: (filter) => orFailure(() => findRuns(db, filter)),
    listRuns: (filter) => orFailure(() => listRuns(db, filter)),
    countRuns: () => orFailure(() => countRuns(db)),
    works: (filter) => orFailure(() => findWorks(db, filter)),
    work: (work) => orFailure(() => findWork(db, work)),
    seals: (run) => orFailure(() => sealsOf(db, run)),
    check: () => orFailure(() => checkLedger(db, start, notary)),
    problems: () => orFailure(() => storeProblems(db, start, notary)),
    head: () => orFailure(() => headOf(db, notary.origin)),
    raw: () => orFailure(() => rawLedger(db)),
    notices: (limit) => orFailure(() => newestNotices(db, limit)),
    deliveries: () => orFailure(() => countDeliveries(db)),
    isNoticeDue: (nowMs) => orFailure(() => isNoticeDue(db, nowMs)),
    mustBeHere: () =>
      orFailure(async () => {
        if (await isMoved(database.dialect, db)) throw moved();
      }),
    close: database.close,
  };
  return orFailure(async () => {
    const problem = await problemAtOpening(database, start, homeId);
    if (problem === undefined) return store;
    await database.close();
    throw problem;
  });
};

const problemAtOpening = async (
  { reading, dialect }: OpenDatabase,
  start: Digest,
  homeId: string,
): Promise<Failure | undefined> => {
  if ((await ledgerBeginning(reading)) !== start)
    return new Failure("store/corrupt", `This ledger does not begin with the home id ${homeId}.`);
  return (await isMoved(dialect, reading)) ? moved() : undefined;
};

const moved = (): Failure => new Failure("store/moved", "This ledger was moved.");

const transactOver = ({ transact, failureOf }: OpenDatabase, notary: Notary, at: () => string): Store["transact"] => {
  if (transact === "read-only") return refuseToWrite;
  const inside = new AsyncLocalStorage<true>();
  return async (work) => {
    if (inside.getStore()) throw new TypeError("a transaction inside a transaction would wait for itself for ever");
    try {
      return await transact((db) => inside.run(true, () => work(ledgerOver(db, at, notary))));
    } catch (error) {
      throw failureOf(error);
    }
  };
};

const refuseToWrite: Store["transact"] = () => {
  throw new TypeError("this ledger is open for reading only");
};
