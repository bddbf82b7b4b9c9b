import path from "node:path";

import { folderArchive } from "./adapters/archive/folder-archive.ts";
import { systemClock } from "./adapters/clock/system-clock.ts";
import { folderHome, namedHome } from "./adapters/home/folder-home.ts";
import { readHomeId } from "./adapters/home/init-home.ts";
import { servicesOf } from "./adapters/home/services-of.ts";
import { ownKeys } from "./adapters/keys/harness-key.ts";
import { copyLedger, type LedgerPlace } from "./adapters/store/copy-ledger.ts";
import { openStore } from "./adapters/store/kysely-store.ts";
import { MIGRATIONS } from "./adapters/store/migrations.ts";
import { schemaVersionOf } from "./adapters/store/open-sqlite.ts";
import { sqlitePlace } from "./adapters/store/sqlite-place.ts";
import type { StoreOptions } from "./adapters/store/store-over.ts";
import type { StoreKeeper } from "./harness/home/store-keeper.ts";
import { ledgerOrigin } from "./workflow/checkpoint.ts";
import { Failure } from "./workflow/failure.ts";
import { LEDGER_PATH, SERVICES_PATH, writeServices, type StoreService } from "./workflow/home-services.ts";
import { ledgerStart } from "./workflow/ledger.ts";
import { refusal } from "./workflow/refusal.ts";
import { ok, refuse } from "./workflow/result.ts";

/** The ledger of a home, to be looked after; nobody opens the home itself for it. */
export const openStoreKeeper = async (name: string | undefined, cwd: string): Promise<StoreKeeper> => {
  const folder = await namedHome(name, cwd);
  const homeId = await readHomeId(folder);
  if (homeId === undefined)
    throw new Failure("home/unreadable", `${folder} has no .cto/home-id: cto init makes a home complete.`);
  const home = folderHome(folder);
  const file = path.join(folder, LEDGER_PATH);
  const start = ledgerStart(homeId);
  const own = ownKeys(path.join(folder, ".cto"));
  const options: StoreOptions = { homeId, now: () => systemClock().now(), signer: () => own.noteSigner() };
  const placeOf = async (store: StoreService): Promise<LedgerPlace> =>
    store.kind === "sqlite"
      ? sqlitePlace(file, start)
      : (await import("./adapters/store/postgres-place.ts")).postgresPlace(store.url, homeId, start);
  const ledgerSchema = async (): Promise<{ place: string; found: number; known: number }> => {
    const { store } = await servicesOf(home);
    if (store.kind === "sqlite") return { place: LEDGER_PATH, found: schemaVersionOf(file), known: MIGRATIONS.length };
    const server = await import("./adapters/store/postgres-store.ts");
    return { place: store.url, found: await server.schemaVersionAt(store.url, homeId), known: MIGRATIONS.length };
  };
  return {
    formats: { home, archive: folderArchive(path.join(folder, ".cto", "runs")), ledgerSchema },
    migrate: async () => {
      const { store } = await servicesOf(home);
      const { name } = await placeOf(store);
      if (store.kind === "sqlite") {
        const from = schemaVersionOf(file);
        await (await openStore(file, options)).close();
        return { place: name, from, to: schemaVersionOf(file) };
      }
      const server = await import("./adapters/store/postgres-store.ts");
      const from = await server.schemaVersionAt(store.url, homeId);
      await (await server.openPostgresStore(store.url, options)).close();
      return { place: name, from, to: await server.schemaVersionAt(store.url, homeId) };
    },
    copyTo: async (wanted) => {
      const said = await home.read(SERVICES_PATH);
      const services = await servicesOf(home);
      const [from, to] = [await placeOf(services.store), await placeOf(wanted)];
      if (from.name === to.name || (await isSame(services.store, wanted)))
        return refuse(refusal("ledger/same-place", { place: to.name }));
      const bytes = new TextEncoder().encode(writeServices({ ...services, store: wanted }));
      const copied = await copyLedger({
        from,
        to,
        start,
        notary: { origin: ledgerOrigin(homeId), signer: options.signer },
        lead: async () => void (await home.write(SERVICES_PATH, bytes, said === "absent" ? "absent" : said.digest)),
      });
      return copied.ok ? ok({ from: from.name, to: to.name, ...copied.value }) : copied;
    },
  };
};

// The same database under another name would be renamed under its own feet.
const isSame = async (one: StoreService, other: StoreService): Promise<boolean> => {
  if (one.kind === "sqlite" || other.kind === "sqlite") return one.kind === other.kind;
  const { isSameDatabase } = await import("./adapters/store/same-database.ts");
  return isSameDatabase(one.url, other.url);
};
