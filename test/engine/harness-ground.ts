import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { SERVICES_PATH, writeServices } from "../../src/workflow/home-services.ts";
import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { withApproved, type Approved } from "../journeys/ended.ts";
import { openSwitches, type Ground } from "../journeys/ground.ts";
import { ENGINES } from "./engines.ts";
import { addTally, figuresOf } from "./figures.ts";
import { startPostgres, type Postgres } from "./killable-postgres.ts";
import { tallyOf, type Tally } from "./soak-tally.ts";

// Whole Harnesses over one home, on each engine: its ledger in the home itself, or on a server of the test's own.

export interface HarnessEngine {
  readonly name: string;
  /** Does something with a new home that has an approval; what came of its runs is added to the figures. */
  with(act: (approved: Approved & Laid) => Promise<void>): Promise<void>;
  /** Where the next ledgers lie; with a server of their own below a folder, if one is given. */
  lay(below?: string): Promise<Laid & { readonly prepare: (home: string) => Promise<void> }>;
  close(): Promise<void>;
}

/** Where the ledger of a home lies. */
export interface Laid {
  /** Of its database, and who serves it; undefined where the ledger lies in the home. */
  readonly url: string | undefined;
  readonly server: Postgres | undefined;
}

const withTallied = async (
  { name, lay }: Pick<HarnessEngine, "name" | "lay">,
  act: (approved: Approved & Laid) => Promise<void>,
): Promise<void> => {
  const { prepare, ...laid } = await lay();
  const tallied = async (approved: Approved): Promise<void> => {
    await act({ ...approved, ...laid });
    await addRuns(name, approved);
  };
  await withApproved(tallied, {}, { prepare });
};

/** Adds what came of the runs of a home to the figures of an engine. */
export const addRuns = async (name: string, { world, ground }: Pick<Approved, "world" | "ground">): Promise<Tally> => {
  const tally = await tallyOf({ world, targets: [{ folder: ground.target }] });
  addTally(figuresOf(name), tally);
  return tally;
};

/** Those of the engines that can be tried here; `engines.ts` says aloud which cannot. */
export const harnessEngines = (): readonly HarnessEngine[] => {
  let shared: Promise<Postgres> | undefined;
  const local: HarnessEngine = {
    name: "local, on SQLite",
    with: (act) => withTallied(local, act),
    lay: () => Promise.resolve({ url: undefined, server: undefined, prepare: () => Promise.resolve() }),
    close: () => Promise.resolve(),
  };
  const dbos: HarnessEngine = {
    name: "DBOS on PostgreSQL",
    with: (act) => withTallied(dbos, act),
    lay: async (below) => {
      const server = await (below === undefined ? (shared ??= startPostgres()) : startPostgres(below));
      const url = await server.database();
      return { url, server, prepare: (home) => layServices(home, url) };
    },
    close: async () => (await shared)?.close(),
  };
  const tried = ENGINES.filter(({ missing }) => missing === undefined).map(({ name }) => name);
  return [local, dbos].filter(({ name }) => tried.includes(name));
};

/** Says where the ledger of a home lies, for whoever opens it from now on. */
export const layServices = (home: string, url: string): Promise<void> =>
  writeFile(
    path.join(home, SERVICES_PATH),
    writeServices({ store: { kind: "postgresql", url }, archive: { kind: "folder" } }),
    { mode: 0o600 },
  );

/** A `cto worker` of a home, in a process of its own. */
export interface ServingWorker {
  /** TERM, and how it ended. */
  end(): Promise<number | NodeJS.Signals>;
  /** All that it printed. */
  said(): string;
}

/** Settles once it serves. */
export const startWorker = async ({ home }: Pick<Ground, "home">): Promise<ServingWorker> => {
  const program = path.join(import.meta.dirname, "cto-process.ts");
  const child = spawn(process.execPath, [program, "worker", "--jsonl", "--home", home, "--drain", "1m"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...openSwitches("scripted"), ...COMPILE_CACHE },
  });
  let said = "";
  const serves = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (bytes: Uint8Array) => {
      said += String(bytes);
      if (said.includes('"kind":"serves"')) serves.resolve();
    });
  const ended = once(child, "close").then(([code, signal]) => (code ?? signal) as number | NodeJS.Signals);
  if ((await Promise.race([serves.promise, ended])) !== undefined) throw new Error(`it does not serve: ${said}`);
  return {
    end: () => {
      child.kill("SIGTERM");
      return ended;
    },
    said: () => said,
  };
};

/** Waits until every run of a home has ended. */
export const untilEnded = async (
  { world }: Pick<Approved, "world">,
  worker: ServingWorker,
  withinMs = 120_000,
): Promise<void> => {
  const end = performance.now() + withinMs;
  for (;;) {
    const open = await world.store.runs({ open: true });
    if (open.length === 0) return;
    if (performance.now() > end)
      throw new Error(`open after ${withinMs} ms: ${JSON.stringify(open)}\n${worker.said()}`);
    await delay(50);
  }
};
