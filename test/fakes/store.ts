import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { openStore } from "../../src/adapters/store/kysely-store.ts";
import { openPostgresStore } from "../../src/adapters/store/postgres-store.ts";
import type { StoreOptions } from "../../src/adapters/store/store-over.ts";
import type { Clock } from "../../src/seams/clock.ts";
import type { Store } from "../../src/seams/store.ts";
import { freshDatabase, POSTGRES } from "../postgres.ts";
import { handClock } from "./clock.ts";
import { noteSigner } from "./note-signer.ts";

export const TEST_HOME_ID = "01JZ0000000000000000000000";

export const testOptions = (clock: Clock = handClock()): StoreOptions => ({
  homeId: TEST_HOME_ID,
  now: () => clock.now(),
  signer: () => Promise.resolve(noteSigner()),
});

/** A real ledger in a folder of its own; closing it removes the folder. Nothing about a ledger is worth faking. */
export const temporaryStore = async (clock: Clock = handClock()): Promise<Store & { readonly file: string }> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-store-"));
  const file = path.join(folder, "ledger.db");
  const store = await openStore(file, testOptions(clock));
  return {
    ...store,
    file,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};

/** The same on a PostgreSQL of this test process, in a database of its own; its address is the place. */
const temporaryPostgresStore = async (clock?: Clock): Promise<Store & { readonly file: string }> => {
  const { url, giveBack } = await freshDatabase();
  const store = await openPostgresStore(url, testOptions(clock));
  return {
    ...store,
    file: url,
    close: async () => {
      await store.close();
      await giveBack();
    },
  };
};

/** Every database that a ledger may lie in, as far as this machine has it. */
export const STORES: readonly {
  readonly name: "SQLite" | "PostgreSQL";
  readonly make: (clock?: Clock) => Promise<Store & { readonly file: string }>;
  /** A place where no ledger is yet. */
  readonly placeOfNone: () => Promise<string>;
}[] = [
  {
    name: "SQLite",
    make: temporaryStore,
    placeOfNone: async () => path.join(await mkdtemp(path.join(tmpdir(), "cto-store-")), "new.db"),
  },
  ...(POSTGRES === undefined
    ? []
    : [
        {
          name: "PostgreSQL",
          make: temporaryPostgresStore,
          placeOfNone: async () => (await freshDatabase()).url,
        } as const,
      ]),
];

/** The ledger that lies at a place of `STORES`. */
export const openAt = (place: string, options: StoreOptions): Promise<Store> =>
  place.startsWith("postgresql:") ? openPostgresStore(place, options) : openStore(place, options);

/** Takes what lists of runs are read from out of a database: it is then as it was before there were any. */
export const WITHOUT_RUN_LISTS = `drop trigger runs_counted; drop trigger runs_counted_anew; drop table run_counts;
drop index runs_by_shown; drop index runs_by_work; drop index runs_by_target; drop index runs_by_time;
drop index ledger_by_type; drop index ledger_by_approval; alter table runs drop column shown;`;
