import type { Bucket } from "../../seams/archive.ts";
import type { Backend } from "../../seams/backend.ts";
import type { Protections } from "../../seams/sandbox.ts";
import type { World } from "../world.ts";

/**
 * The same home for whoever may only read: every verb that writes, signs, spends, confines or stops is a bug here. What
 * is left looks: at files, at the ledger, and at a target by a git that writes nothing (`docs/adr/0026-what-an-assistant-is-served-by.md`). A verb that
 * comes to a seam does not compile before it has its place here.
 */
export const readingWorld = (world: World, probed: () => Promise<Protections>): World => {
  const { home, store, engine, target, archive, host, ownKeys } = world;
  return {
    home: {
      folder: home.folder,
      list: (kind) => home.list(kind),
      read: (file) => home.read(file),
      guard: (file) => home.guard(file),
      write: barred("home.write"),
    },
    store: { ...store, transact: barred("store.transact") },
    target: {
      observe: (repository) => target.observe(repository),
      listHead: (repository) => target.listHead(repository),
      fingerprint: (repository) => target.fingerprint(repository),
      openWorkspace: barred("target.openWorkspace"),
      checkout: barred("target.checkout"),
      harvest: barred("target.harvest"),
      readChange: barred("target.readChange"),
      manifestOf: barred("target.manifestOf"),
      closeWorkspace: barred("target.closeWorkspace"),
      forgetWorkspace: barred("target.forgetWorkspace"),
      forgetRun: barred("target.forgetRun"),
      writeTree: barred("target.writeTree"),
      prepareCommit: barred("target.prepareCommit"),
      commit: barred("target.commit"),
      landed: barred("target.landed"),
      prove: barred("target.prove"),
      rehearseRollback: barred("target.rehearseRollback"),
      exportObjects: barred("target.exportObjects"),
      replayPatch: barred("target.replayPatch"),
      diff: barred("target.diff"),
      rollback: barred("target.rollback"),
    },
    sandbox: { probe: probed, open: barred("sandbox.open"), endOrphans: barred("sandbox.endOrphans") },
    relay: { open: barred("relay.open") },
    keys: { askHumanToSign: barred("keys.askHumanToSign"), publicKeyOf: barred("keys.publicKeyOf") },
    ownKeys: {
      paths: ownKeys.paths,
      publicKey: (role) => ownKeys.publicKey(role),
      problems: () => ownKeys.problems(),
      signAsHarness: barred("ownKeys.signAsHarness"),
      noteSigner: barred("ownKeys.noteSigner"),
      signAsVerifier: barred("ownKeys.signAsVerifier"),
      make: barred("ownKeys.make"),
      successor: barred("ownKeys.successor"),
      signAsSuccessor: barred("ownKeys.signAsSuccessor"),
      promote: barred("ownKeys.promote"),
    },
    archive: {
      isSealed: (run) => archive.isSealed(run),
      folder: (run) => archive.folder(run),
      sealedRuns: () => archive.sealedRuns(),
      peek: (run, from, name, bytesMax) => archive.peek(run, from, name, bytesMax),
      read: (run, name) => archive.read(run, name),
      open: (place) => archive.open(place),
      fingerprint: (run) => archive.fingerprint(run),
      begin: barred("archive.begin"),
      put: barred("archive.put"),
      seal: barred("archive.seal"),
      attach: barred("archive.attach"),
      bucket: archive.bucket === "none" ? "none" : readingBucket(archive.bucket),
    },
    host: {
      findProgram: (name, toolchains) => host.findProgram(name, toolchains),
      fingerprint: (place, except) => host.fingerprint(place, except),
      readRawLogs: (run) => host.readRawLogs(run),
      diskFree: () => host.diskFree(),
      openRawLogs: barred("host.openRawLogs"),
      openRedactionLog: barred("host.openRedactionLog"),
    },
    backendOf: (kind, authority) => {
      const backend = world.backendOf(kind, authority);
      return backend === undefined ? undefined : onlyProbed(backend);
    },
    agents: { list: barred("agents.list"), read: barred("agents.read"), find: barred("agents.find") },
    engine: {
      status: (run, kind) => engine.status(run, kind),
      queue: () => engine.queue(),
      workers: () => engine.workers(),
      start: barred("engine.start"),
      cancel: barred("engine.cancel"),
      work: barred("engine.work"),
      close: () => engine.close(),
    },
    sites: world.sites,
    notices: { write: barred("notices.write"), post: barred("notices.post"), problemOf: barred("notices.problemOf") },
    verifyTools: world.verifyTools,
    clock: world.clock,
    environment: world.environment,
    operator: world.operator,
    build: world.build,
    verifyPage: world.verifyPage,
    facts: world.facts,
    holder: world.holder,
    consume: barred("consume"),
    consumedBy: world.consumedBy,
    allConsumed: world.allConsumed,
    homeId: world.homeId,
    stateFolder: world.stateFolder,
    ledgerFile: world.ledgerFile,
    recordedBackend: barred("recordedBackend"),
    playCassette: barred("playCassette"),
    inScratch: barred("inScratch"),
    isAlive: world.isAlive,
  };
};

const readingBucket = (bucket: Bucket): Bucket => ({
  place: bucket.place,
  check: (run) => bucket.check(run),
  here: () => bucket.here(),
  isHere: (run) => bucket.isHere(run),
  push: barred("bucket.push"),
  dropFolder: barred("bucket.dropFolder"),
});

const barred = (verb: string) => (): never => {
  throw new TypeError(`${verb} is no verb of a world that only reads`);
};

const onlyProbed = (backend: Backend): Backend => ({
  kind: backend.kind,
  probe: () => backend.probe(),
  needs: barred("backend.needs"),
  perform: barred("backend.perform"),
});
