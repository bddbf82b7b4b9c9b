import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { openStore } from "../../src/adapters/store/kysely-store.ts";
import type { Clock } from "../../src/seams/clock.ts";
import type { Store } from "../../src/seams/store.ts";
import { handClock } from "./clock.ts";
import { noteSigner } from "./note-signer.ts";

export const TEST_HOME_ID = "01JZ0000000000000000000000";

/** A real ledger in a folder of its own; closing it removes the folder. Nothing about a ledger is worth faking. */
export const temporaryStore = async (clock: Clock = handClock()): Promise<Store & { readonly file: string }> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-store-"));
  const file = path.join(folder, "ledger.db");
  const store = await openStore(file, {
    homeId: TEST_HOME_ID,
    now: () => clock.now(),
    signer: () => Promise.resolve(noteSigner()),
  });
  return {
    ...store,
    file,
    close: async () => {
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
};

/** Takes what lists of runs are read from out of a database: it is then as it was before there were any. */
export const WITHOUT_RUN_LISTS = `drop trigger runs_counted; drop trigger runs_counted_anew; drop table run_counts;
drop index runs_by_shown; drop index runs_by_work; drop index runs_by_target; drop index runs_by_time;
drop index ledger_by_type; drop index ledger_by_approval; alter table runs drop column shown;`;
