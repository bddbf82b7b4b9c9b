import Database from "better-sqlite3";

import { Failure } from "../../workflow/failure.ts";
import { MOVED } from "./moved-ledger.ts";

/** A Failure for what the world can do to a database file; constraints and misuse stay bugs. */
export const failureOf = (error: unknown): unknown => {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code } = error;
  if (isBusy(error))
    return new Failure("store/busy", "Another process holds the ledger.", { cause: error, retry: true });
  if (code === "SQLITE_FULL" || code.startsWith("SQLITE_IOERR"))
    return new Failure("store/no-space", `The ledger cannot be written: ${error.message}.`, { cause: error });
  if (code === "SQLITE_CONSTRAINT_TRIGGER" && error.message === MOVED)
    return new Failure("store/moved", "Nothing is written here any more.", { cause: error });
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return new Failure("store/corrupt", `The ledger is not readable: ${error.message}.`, { cause: error });
  if (code.startsWith("SQLITE_CANTOPEN") || code === "SQLITE_PERM" || code.startsWith("SQLITE_READONLY"))
    return new Failure("home/unreadable", `The ledger cannot be opened: ${error.message}.`, { cause: error });
  return error;
};

export const isBusy = (error: unknown): boolean =>
  error instanceof Database.SqliteError && /^SQLITE_(BUSY|LOCKED)/.test(error.code);
