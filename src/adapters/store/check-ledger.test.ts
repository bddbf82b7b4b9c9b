import Database from "better-sqlite3";
import { Kysely, SqliteDialect } from "kysely";
import { afterEach, beforeEach, expect, test } from "vitest";

import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { TEST_HOME_ID, temporaryStore } from "../../../test/fakes/store.ts";
import { ledgerOrigin } from "../../workflow/checkpoint.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { checkLedger, ledgerBeginning } from "./check-ledger.ts";
import type { Tables } from "./tables.ts";

const start = ledgerStart(TEST_HOME_ID);
const notary = { origin: ledgerOrigin(TEST_HOME_ID), signer: () => Promise.resolve(noteSigner()) };

let store: Awaited<ReturnType<typeof temporaryStore>>;
let reading: Database.Database;
beforeEach(async () => {
  store = await temporaryStore();
  reading = new Database(store.file, { readonly: true });
});
afterEach(async () => {
  reading.close();
  await store.close();
});

/** A reader between whose looks, however it looks, somebody else appends one record. */
const interrupted = (): Kysely<Tables> =>
  new Kysely<Tables>({
    dialect: new SqliteDialect({ database: reading }),
    plugins: [
      {
        transformQuery: ({ node }) => node,
        transformResult: async ({ result }) => {
          await store.transact((ledger) =>
            ledger.appendLeaf({ type: "command.refused", actor: "somebody else", channel: "cli" }),
          );
          return result;
        },
      },
    ],
  });

test("a ledger that gets its first record while it is opened begins where it began", async () => {
  expect(await ledgerBeginning(interrupted())).toBe(start);
  expect(await store.leaves(0)).not.toEqual([]);
});

test("R137 a ledger that others append to while it is checked holds", async () => {
  expect(await checkLedger(interrupted(), start, notary)).toEqual([]);
  expect(await store.leaves(0)).not.toEqual([]);
});
