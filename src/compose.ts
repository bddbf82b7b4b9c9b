import { mkdir, mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { archiveOf } from "./adapters/archive/archive-of.ts";
import { readFolder } from "./adapters/archive/read-folder.ts";
import { readTarFile } from "./adapters/archive/read-tar-file.ts";
import { readVerifyPage } from "./adapters/archive/verify-page.ts";
import { nodeVerifyTools } from "./adapters/archive/verify-tools.ts";
import { configuredBackends } from "./adapters/backend/configured-backends.ts";
import { profileAgents, shippedAgents } from "./adapters/backend/profile-agents.ts";
import { profileTexts } from "./adapters/backend/profile-texts.ts";
import { recordedBackend } from "./adapters/backend/recorded-backend.ts";
import { holderOfThisProcess, isAlive } from "./adapters/clock/holder.ts";
import { hostFacts } from "./adapters/clock/host.ts";
import { systemClock } from "./adapters/clock/system-clock.ts";
import { engineOf } from "./adapters/engine/engine-of.ts";
import { folderHome, namedHome } from "./adapters/home/folder-home.ts";
import { initHome, readHomeId } from "./adapters/home/init-home.ts";
import { servicesOf } from "./adapters/home/services-of.ts";
import { readBuild } from "./adapters/host/build.ts";
import { localHost } from "./adapters/host/local-host.ts";
import { showPage, type BrowserOptions } from "./adapters/host/show-page.ts";
import { loginuid, whoIsHere } from "./adapters/host/who.ts";
import { ownKeys } from "./adapters/keys/harness-key.ts";
import { makeKey } from "./adapters/keys/make-key.ts";
import { sshKeygenKeys } from "./adapters/keys/ssh-keygen.ts";
import { outwardNotices } from "./adapters/notices/outward-notices.ts";
import { playCassette } from "./adapters/relay/cassette-player.ts";
import { relayGround, unixRelay } from "./adapters/relay/unix-relay.ts";
import { bubblewrapSandbox } from "./adapters/sandbox/bubblewrap-sandbox.ts";
import { allConsumed, consumedBy, consumeOnce } from "./adapters/store/consumed.ts";
import { openStore } from "./adapters/store/kysely-store.ts";
import type { StoreOptions } from "./adapters/store/store-over.ts";
import { gitTarget } from "./adapters/target/git-target.ts";
import { gitVersion } from "./adapters/target/git-version.ts";
import { makeSample } from "./adapters/target/make-sample.ts";
import { ownerShell, ownerShellAtOnce } from "./adapters/target/owner-shell.ts";
import { removeFolder } from "./adapters/target/remove-folder.ts";
import type { Evidence } from "./harness/evidence/evidence.ts";
import type { Machine, NewHomeOrder } from "./harness/home/first-things.ts";
import { openedSites } from "./harness/orders/opened-sites.ts";
import type { World } from "./harness/world.ts";
import type { OwnKeys } from "./seams/keys.ts";
import type { Store } from "./seams/store.ts";
import { defaultPolicyText } from "./workflow/default-policy.ts";
import type { Digest } from "./workflow/digest.ts";
import { Failure } from "./workflow/failure.ts";
import { LEDGER_PATH, SERVICES_PATH } from "./workflow/home-services.ts";
import { timeText } from "./workflow/instant.ts";
import { KEY_ROLES, signerLineOf } from "./workflow/own-keys.ts";

export interface ComposeOptions {
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a person sits at a terminal that may be asked. */
  readonly terminal: boolean;
  readonly mode: "read" | "write";
  /** Left out, the home's own keys; for whom must not sign, those that cannot. */
  readonly keysIn?: (stateFolder: string) => OwnKeys;
  /** Of a home that is being restored, and has no id before it was verified. */
  readonly homeId?: string;
}

/** Makes a home with the default policy; overwrites nothing. */
export const makeHome = ({ folder, ...order }: NewHomeOrder): ReturnType<typeof initHome> =>
  initHome(folder, {
    ...order,
    policyText: defaultPolicyText(),
    homeId: systemClock().newId(),
    makeKeys: async () => {
      const keys = ownKeys(path.join(folder, ".cto"));
      const made = await keys.make();
      const lines = await Promise.all(KEY_ROLES.map(async (role) => signerLineOf(await keys.publicKey(role))));
      return { written: made.map((role) => `.cto/keys/${role}.key`), signerLines: lines };
    },
  });

/** A small target and an owner's key of its own, for the demo. */
export const makeDemoGround = async (
  folder: string,
  files: Readonly<Record<string, string>>,
): Promise<{ readonly target: string; readonly key: string; readonly publicKey: string }> => {
  await mkdir(folder, { recursive: true });
  const root = await realpath(folder);
  const target = path.join(root, "target");
  const key = path.join(root, "owner-key");
  await makeSample(target, files);
  await makeKey(key, "demo owner");
  return { target, key, publicKey: await readFile(`${key}.pub`, "utf8") };
};

/** The owner's own shell, for the hostile suite: what an attacker or a human does on the host meanwhile. */
export const hostShell: typeof ownerShell = ownerShell;
export const hostShellAtOnce: typeof ownerShellAtOnce = ownerShellAtOnce;

/** When this is, on which machine, by which build: what a result that leaves this machine says of itself. */
export const machineFacts = (): {
  readonly at: string;
  readonly build: { readonly version: string; readonly digest: Digest };
  readonly host: { readonly hostId: string; readonly kernel: string; readonly node: string; readonly uid: number };
} => {
  const { hostId, kernel } = hostFacts();
  return {
    at: timeText(systemClock().now().epochMs),
    build: readBuild(),
    host: { hostId, kernel, node: process.versions.node, uid: whoIsHere().uid },
  };
};

/** Evidence without a home. */
export const evidence = (): Evidence => ({
  openFolder: (folder) => readFolder(folder, "sealed"),
  openTar: readTarFile,
  verifyTools: nodeVerifyTools,
  stockGit: gitTarget({ stateFolder: tmpdir() }),
});

/** This machine, looked at without a home. */
export const openMachine = (environment: BrowserOptions["environment"], program?: string): Machine => ({
  probeSandbox: async () => {
    const scratch = await mkdtemp(path.join(tmpdir(), "cto-doctor-"));
    try {
      return await bubblewrapSandbox({ stateFolder: scratch }).probe();
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
  gitVersion,
  agents: shippedAgents(),
  signingTool: async () => (await localHost(tmpdir()).findProgram("ssh-keygen", []))?.path,
  showPage: (html) => showPage(html, { environment, program }),
});

/** The world of the home that is named, or of the nearest parent that holds `.sot` (R008). */
export const openHome = async ({
  home,
  cwd,
  ...options
}: Omit<ComposeOptions, "home"> & { readonly home: string | undefined; readonly cwd: string }): Promise<World> =>
  compose({ home: await namedHome(home, cwd), ...options });

// Loaded by homes that have their ledger there: to the others its driver would only be time at every start.
const openOnServer = async (url: string, options: StoreOptions): Promise<Store> =>
  (await import("./adapters/store/postgres-store.ts")).openPostgresStore(url, options);

/** The only place where adapters meet seams: one home, with everything real behind it. */
export const compose = async (options: ComposeOptions): Promise<World> => {
  const { home: folder, environment, terminal, mode, keysIn = ownKeys } = options;
  const homeId = options.homeId ?? (await readHomeId(folder));
  if (homeId === undefined)
    throw new Failure("home/unreadable", `${folder} has no .cto/home-id: cto init makes a home complete.`);
  const stateFolder = path.join(folder, ".cto");
  const clock = systemClock();
  const home = folderHome(folder);
  const services = await servicesOf(home);
  const own = keysIn(stateFolder);
  const ofStore: StoreOptions = {
    homeId,
    now: () => clock.now(),
    signer: () => own.noteSigner(),
    ...(mode === "read" ? { readOnly: true as const } : {}),
  };
  const ledgerFile = path.join(folder, services.store.kind === "sqlite" ? LEDGER_PATH : SERVICES_PATH);
  const store =
    services.store.kind === "sqlite"
      ? await openStore(ledgerFile, ofStore)
      : await openOnServer(services.store.url, ofStore);
  const consumed = path.join(stateFolder, "consumed");
  const { uid, username } = whoIsHere();
  const inScratch: World["inScratch"] = async (work) => {
    // As a state folder has to be: nobody else's, and under a name that a user id of the sandbox can be led through.
    const scratch = await realpath(await mkdtemp(path.join(tmpdir(), "cto-scratch-")));
    try {
      const target = gitTarget({ stateFolder: scratch, readFrom: stateFolder });
      return await work({ ...world, target, sandbox: bubblewrapSandbox({ stateFolder: scratch }) });
    } finally {
      await removeFolder(scratch);
    }
  };
  const textOf = profileTexts(async (id) => {
    const own = await home.read(`.sot/authority/profiles/${id}.json`);
    return own === "absent" ? "absent" : own.bytes;
  });
  const opened = await openedSites(home, environment);
  // On a server a worker serves one target.
  const sites = services.store.kind === "sqlite" ? opened : opened.slice(0, 1);
  const [self, id] = [holderOfThisProcess(), clock.newId()];
  const engine = await engineOf(services.store, { stateFolder, environment, mode, homeId, sites, self, isAlive, id });
  const world: World = {
    home,
    homeId,
    stateFolder,
    ledgerFile,
    // Whoever lets go of a home lets go of its orders as well: on a server both hold connections.
    store: {
      ...store,
      close: async () => {
        await engine.close();
        await store.close();
      },
    },
    clock,
    notices: outwardNotices({ stateFolder, environment }),
    environment,
    engine,
    sites,
    target: gitTarget({ stateFolder }),
    sandbox: bubblewrapSandbox({ stateFolder }),
    relay: unixRelay(relayGround(environment, { self, isAlive })),
    keys: sshKeygenKeys({
      home: environment["HOME"] ?? "/nonexistent",
      authSock: environment["SSH_AUTH_SOCK"],
      terminal,
      temporary: stateFolder,
    }),
    ownKeys: own,
    archive: archiveOf(services.archive, {
      runs: path.join(stateFolder, "runs"),
      environment,
      recorded: async (run) => (await store.seals(run)).at(-1)?.sums,
    }),
    verifyTools: nodeVerifyTools,
    host: localHost(stateFolder),
    backendOf: configuredBackends({ home: folder, environment, textOf }),
    agents: profileAgents(textOf, async () =>
      (await home.list("profile")).map((document) => path.basename(document.path, ".json")),
    ),
    operator: { uid, user: username, tty: terminal ? "stdin" : null, channel: "cli" },
    build: readBuild(),
    verifyPage: readVerifyPage,
    facts: { ...hostFacts(), loginuid: loginuid() },
    holder: self,
    isAlive,
    consume: (approvalId, run) => consumeOnce(consumed, approvalId, run),
    consumedBy: (approvalId) => consumedBy(consumed, approvalId),
    allConsumed: () => allConsumed(consumed),
    recordedBackend,
    playCassette,
    inScratch,
  };
  return world;
};
