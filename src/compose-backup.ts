import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { backupFiles, bytesOf, digested } from "./adapters/home/backup-files.ts";
import { folderHome } from "./adapters/home/folder-home.ts";
import { makeFolders, readHomeId } from "./adapters/home/init-home.ts";
import { servicesOf } from "./adapters/home/services-of.ts";
import { unpackBackup, WITHHELD_ID } from "./adapters/home/unpack-backup.ts";
import { writeBackup } from "./adapters/home/write-backup.ts";
import { publicKeysOnly } from "./adapters/keys/public-keys.ts";
import { allConsumed, carryConsumed } from "./adapters/store/consumed.ts";
import { openStore } from "./adapters/store/kysely-store.ts";
import { snapshotLedger } from "./adapters/store/snapshot-ledger.ts";
import { removeFolder } from "./adapters/target/remove-folder.ts";
import { compose, openHome } from "./compose.ts";
import { judgeRestored } from "./harness/evidence/judge-restored.ts";
import type { BackupOrder, BackupView, RestoreOrder, RestoreView } from "./harness/home/backup.ts";
import type { World } from "./harness/world.ts";
import type { Store } from "./seams/store.ts";
import { Failure } from "./workflow/failure.ts";
import { HOME_ID_FILE, type HomeBackup } from "./workflow/home-backup.ts";
import { EMBEDDED, LEDGER_PATH, SERVICES_PATH, writeServices, type StoreService } from "./workflow/home-services.ts";
import { parseRunId, type RunId } from "./workflow/ids.ts";
import { ledgerStart } from "./workflow/ledger.ts";
import { LIMITS } from "./workflow/limits.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** One tar of a home as it is at one moment, also while runs are going on in it. */
export const backUpHome = async (
  { home, cwd, file, privateKeys }: BackupOrder,
  environment: Environment,
): Promise<BackupView> => {
  const options = { home, cwd, environment, terminal: false, mode: "read", keysIn: publicKeysOnly } as const;
  const world = await openHome(options);
  const place = path.resolve(cwd, file);
  const scratch = await mkdtemp(path.join(path.dirname(place), ".cto-backup-"));
  try {
    const services = await servicesOf(world.home);
    const moment = await settled(world, services.store, scratch);
    const { root, sealed, locks, inBucket, open: openRuns, head } = moment;
    const wish = { privateKeys, runs: new Set<string>(sealed), locks };
    const drawn = [LEDGER_PATH, ...(services.store.kind === "sqlite" ? [] : [SERVICES_PATH])];
    // The ledger lies in the file: a home out of it must not go on with the one on the server.
    if (drawn.includes(SERVICES_PATH))
      await writeFile(path.join(root, SERVICES_PATH), writeServices({ ...services, store: EMBEDDED.store }));
    const own = (await backupFiles(world.home.folder, wish)).filter((one) => !drawn.includes(one.path));
    const files = [...own, ...(await Promise.all(drawn.map((one) => digested(root, one))))];
    const backup: HomeBackup = { homeId: world.homeId, ledger: head, privateKeys, inBucket, open: openRuns, files };
    const written = await writeBackup(place, backup, (one) =>
      bytesOf(drawn.includes(one.path) ? root : world.home.folder, one),
    );
    return { file: place, bytes: written.bytes, backup };
  } finally {
    await world.store.close();
    await removeFolder(scratch);
  }
};

interface Moment {
  /** Where the snapshot of the ledger lies, below the same names as in a home. */
  readonly root: string;
  readonly head: HomeBackup["ledger"];
  readonly sealed: readonly RunId[];
  readonly inBucket: readonly RunId[];
  readonly open: readonly RunId[];
  readonly locks: ReadonlySet<string>;
}

/** The ledger at a moment at which each lock and each seal that it tells of is there, and no lock that it will tell of next. */
const settled = async (world: World, store: StoreService, scratch: string): Promise<Moment> => {
  const consumed = path.join(world.stateFolder, "consumed");
  const until = performance.now() + LIMITS.backupWaitMs;
  for (let nth = 1; ; nth += 1) {
    const before = await allConsumed(consumed);
    const root = path.join(scratch, String(nth));
    await mkdir(path.join(root, path.dirname(LEDGER_PATH)), { recursive: true });
    await snapshot(world, store, path.join(root, LEDGER_PATH));
    const taken = await openStore(path.join(root, LEDGER_PATH), {
      homeId: world.homeId,
      now: () => world.clock.now(),
      signer: () => publicKeysOnly(world.stateFolder).noteSigner(),
      readOnly: true,
    });
    try {
      const told = await toldIn(taken);
      const open = (await taken.runs({ open: true })).map(({ run }) => run);
      // A lock of a run that is not open was carried from a home that went on: this ledger never tells of it.
      const [untold] = [...before].find(([id, run]) => !told.spent.has(id) && open.some((one) => one === run)) ?? [];
      const here = await foldersIn(path.join(world.stateFolder, "runs"));
      const gone = told.sealed.filter((run) => !here.has(run));
      const inBucket = world.archive.bucket === "none" ? [] : await archivedOf(world, gone);
      const missing = gone.find((run) => !inBucket.includes(run));
      if (untold === undefined && missing === undefined) {
        if ((await taken.problems()).length > 0)
          throw new Failure("store/corrupt", "The ledger does not hold; cto store check says where.");
        const { checkpoint } = await taken.head();
        const head = { size: checkpoint.size, rootHash: checkpoint.rootHash };
        const now = await allConsumed(consumed);
        const locks = new Set([...now.keys()].filter((id) => told.spent.has(id) || before.has(id)));
        return { root, head, sealed: told.sealed, inBucket, open, locks };
      }
      if (performance.now() > until) {
        const what = missing === undefined ? `Approval ${untold} is being spent` : `${missing} is being sealed`;
        throw new Failure("backup/unready", `${what}, or was broken off there.`, { retry: true });
      }
    } finally {
      await taken.close();
    }
    await wait(100);
  }
};

const snapshot = async ({ ledgerFile, homeId }: World, store: StoreService, to: string): Promise<void> => {
  if (store.kind === "sqlite") return snapshotLedger(ledgerFile, to);
  const { snapshotServer } = await import("./adapters/store/snapshot-server.ts");
  await snapshotServer(store.url, homeId, ledgerStart(homeId), to);
};

const toldIn = async (
  store: Store,
): Promise<{ readonly spent: ReadonlySet<string>; readonly sealed: readonly RunId[] }> => {
  const records = await store.records({ types: ["approval.consumed", "approval.stale", "run.sealed"] });
  return {
    spent: new Set(records.flatMap(({ approvalId }) => approvalId ?? [])),
    sealed: records.flatMap(({ type, run }) => (type === "run.sealed" && run !== undefined ? [run] : [])),
  };
};

const foldersIn = async (runs: string): Promise<ReadonlySet<RunId>> =>
  new Set((await readdir(runs).catch(absentAsEmpty)).flatMap((name) => parseRunId(name) ?? []));

const absentAsEmpty = (error: NodeJS.ErrnoException): string[] => {
  if (error.code === "ENOENT") return [];
  throw error;
};

const archivedOf = async (world: World, runs: readonly RunId[]): Promise<readonly RunId[]> => {
  const there: RunId[] = [];
  for (const run of runs) if (await world.archive.isSealed(run)) there.push(run);
  return there;
};

/** A home out of a backup, in a place where nothing is; it is there under its name once all of it was verified. */
export const restoreHome = async (
  { cwd, file, folder, instead, newer }: RestoreOrder,
  environment: Environment,
): Promise<RestoreView> => {
  const place = path.resolve(cwd, folder);
  const entries = await readdir(place).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw new Failure("backup/place-taken", `${place} is no folder.`, { cause: error });
  });
  if (entries.length > 0) throw new Failure("backup/place-taken", `${place} is not empty.`);
  const staging = `${place}.restoring-${randomBytes(4).toString("hex")}`;
  await mkdir(path.dirname(place), { recursive: true });
  await mkdir(staging, { mode: 0o700 });
  try {
    const backup = await unpackBackup(path.resolve(cwd, file), staging);
    await makeFolders(staging);
    if ((await readFile(path.join(staging, WITHHELD_ID), "utf8")).trim() !== backup.homeId)
      throw new Failure("backup/altered", `${file} names another home id than it holds.`);
    // It would be read in place of the ledger that was just unpacked.
    if ((await servicesOf(folderHome(staging))).store.kind !== "sqlite")
      throw new Failure("backup/altered", `${file} leads to a ledger elsewhere, which no backup does.`);
    const carried = instead === undefined ? [] : await carryLocks(path.resolve(cwd, instead), staging, backup.homeId);
    const view = await judged(staging, backup, environment);
    if (view.wrong.length > 0) throw new Failure("backup/does-not-hold", `${view.wrong[0]}.`);
    const lost = [...view.newer, ...carried.map((id) => `${id} was spent after this backup`)];
    if (lost.length > 0 && newer === "refuse") throw new Failure("backup/older", `${lost[0]}.`);
    await rename(path.join(staging, WITHHELD_ID), path.join(staging, HOME_ID_FILE));
    await sync(path.join(staging, ".cto"));
    await sync(staging);
    await rename(staging, place);
    await sync(path.dirname(place));
    return { folder: place, backup, bundles: view.bundles, lost };
  } catch (error) {
    await removeFolder(staging);
    throw error;
  }
};

/** Approvals that the home which is given up has spent stay spent: their locks are laid into the new one. */
const carryLocks = async (old: string, staging: string, homeId: string): Promise<readonly string[]> => {
  // Of another folder there would be no locks, and everything that was spent could be spent once more.
  if ((await readHomeId(old).catch(() => undefined)) !== homeId)
    throw new Failure("home/absent", `${old} is not the home that this backup is of.`);
  return carryConsumed(path.join(old, ".cto/consumed"), path.join(staging, ".cto/consumed"));
};

const judged = async (
  staging: string,
  backup: HomeBackup,
  environment: Environment,
): Promise<Awaited<ReturnType<typeof judgeRestored>>> => {
  const { homeId } = backup;
  const options = { home: staging, environment, terminal: false, mode: "read", keysIn: publicKeysOnly } as const;
  const world = await compose({ ...options, homeId });
  try {
    const view = await judgeRestored(world);
    const { size, rootHash } = backup.ledger;
    const isSame = view.records === size && view.rootHash === rootHash;
    return isSame ? view : { ...view, wrong: ["its ledger is not the one that its manifest names", ...view.wrong] };
  } finally {
    await world.store.close();
    // Whoever reads a ledger leaves its log beside it.
    for (const end of ["-wal", "-shm"]) await rm(path.join(staging, `${LEDGER_PATH}${end}`), { force: true });
  }
};

const sync = async (folder: string): Promise<void> => {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
};
