import Database from "better-sqlite3";

import { failureOf } from "./sqlite-errors.ts";

/** The ledger's file as it is at one moment, in a file that was not there; whoever writes meanwhile is not held up. */
export const snapshotLedger = async (from: string, to: string): Promise<void> => {
  try {
    const source = new Database(from, { readonly: true, fileMustExist: true });
    try {
      // Every page in one step: another process that writes between two steps would make it begin again.
      await source.backup(to, { progress: () => 2_147_483_647 });
    } finally {
      source.close();
    }
    const copy = new Database(to, { fileMustExist: true });
    try {
      // One file, without a log beside it.
      copy.pragma("journal_mode = delete");
    } finally {
      copy.close();
    }
  } catch (error) {
    throw failureOf(error);
  }
};
