import { existsSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

import Database from "better-sqlite3";

import type { Digest } from "../../workflow/digest.ts";
import type { LedgerPlace } from "./copy-ledger.ts";
import { headRow } from "./ledger-head.ts";
import { kyselyOver, openForWriting, versionOf, whenFree } from "./open-sqlite.ts";
import { requireKnown } from "./schema-version.ts";
import { failureOf } from "./sqlite-errors.ts";

/** A ledger's file as the one or the other side of a copy. */
export const sqlitePlace = (file: string, start: Digest): LedgerPlace => ({
  dialect: "sqlite",
  name: file,
  failureOf,
  hold: async (act) => {
    const database = new Database(file, { fileMustExist: true, timeout: 50 });
    try {
      requireKnown(versionOf(database));
      // It leaves WAL only while no other process has the file open: who had it open would go on in the moved one.
      await whenFree(() => database.pragma("journal_mode = delete"));
      return await inTransaction(database, "begin exclusive", act);
    } finally {
      database.close();
    }
  },
  end: async () => {
    if (!existsSync(file)) return "none";
    const database = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return versionOf(database) === 0 ? "none" : await headRow(kyselyOver(database));
    } finally {
      database.close();
    }
  },
  make: async (fill) => {
    const fresh = `${file}.copy`;
    for (const rest of SUFFIXES) await rm(fresh + rest, { force: true });
    const database = await openForWriting(fresh, start);
    const done = await (async () => {
      try {
        const filled = await inTransaction(database, "begin immediate", fill);
        // One file, which can be renamed.
        database.pragma("journal_mode = delete");
        return filled;
      } finally {
        database.close();
      }
    })();
    await setAside(file);
    await rename(fresh, file);
    await syncFolder(path.dirname(file));
    return done;
  },
  setAside: () => setAside(file),
});

/** The name of a ledger's file after it was moved. */
export const movedFile = (file: string): string => `${file}.moved`;

const SUFFIXES = ["", "-wal", "-shm", "-journal"] as const;

const inTransaction = async <T>(
  database: Database.Database,
  begin: string,
  act: (db: ReturnType<typeof kyselyOver>) => Promise<T>,
): Promise<T> => {
  await whenFree(() => database.exec(begin));
  try {
    const value = await act(kyselyOver(database));
    database.exec("commit");
    return value;
  } catch (error) {
    if (database.inTransaction) database.exec("rollback");
    throw error;
  }
};

// What was moved before stays: nothing of a ledger is ever overwritten.
const setAside = async (file: string): Promise<void> => {
  if (!existsSync(file)) return;
  let aside = movedFile(file);
  for (let n = 2; existsSync(aside); n += 1) aside = `${movedFile(file)}-${n}`;
  for (const rest of SUFFIXES) if (existsSync(file + rest)) await rename(file + rest, aside + rest);
  await syncFolder(path.dirname(file));
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
