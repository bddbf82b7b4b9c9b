import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { holderOfThisProcess, isAlive } from "../../src/adapters/clock/holder.ts";
import { dbosEngine } from "../../src/adapters/engine/dbos-engine.ts";
import { localEngine } from "../../src/adapters/engine/local-engine.ts";
import type { Engine } from "../../src/seams/engine.ts";
import { POSTGRES } from "../postgres.ts";
import { startPostgres, type Postgres } from "./killable-postgres.ts";

// The engines that the suite holds to one text, each opened as a home would open it, with shorter times.

export type EnginePlace =
  | { readonly kind: "local"; readonly file: string }
  | { readonly kind: "dbos"; readonly url: string; readonly protocol?: number };

export const SITE = "here";
/** How often one looks for the orders of the dead. */
export const LOOK_MS = 1_000;
/** After how long a worker counts as dead that says nothing. */
const SILENCE_MS = 4_000;

export const openEngine = (place: EnginePlace, worker: string, concurrency: number): Engine => {
  if (place.kind === "local") {
    const self = holderOfThisProcess();
    return localEngine({ ...place, worker, sites: [SITE], self, isAlive, lookMs: LOOK_MS / 4, leaseMs: SILENCE_MS });
  }
  const { url, protocol = 1 } = place;
  const beats = { idleSessionMs: SILENCE_MS, livenessMs: 500, livenessAnswerMs: 2_500 };
  const times = { ...beats, pollMs: 50, takeoverMs: LOOK_MS, cancelPollMs: 100 };
  return dbosEngine({ url, worker, site: SITE, home: "a-home", use: "work", concurrency, protocol, times });
};

/** Where one file of tests finds its engine. */
export interface EngineGround {
  /** A new one, with nothing in it. */
  place(): Promise<EnginePlace>;
  /** Only where a server stands behind the engine. */
  readonly server?: Postgres;
  close(): Promise<void>;
}

export interface EngineUnderTest {
  readonly name: string;
  /** Why it cannot be tried here; undefined where it can. */
  readonly missing?: string;
  open(): Promise<EngineGround>;
}

const local: EngineUnderTest = {
  name: "local, on SQLite",
  open: () => {
    const folder = mkdtempSync(path.join(tmpdir(), "cto-engine-"));
    let places = 0;
    return Promise.resolve({
      place: () => Promise.resolve({ kind: "local", file: path.join(folder, `${(places += 1)}.db`) }),
      close: () => Promise.resolve(rmSync(folder, { recursive: true, force: true })),
    });
  },
};

const dbos: EngineUnderTest = {
  name: "DBOS on PostgreSQL",
  ...(POSTGRES === undefined ? { missing: "there is no PostgreSQL here" } : {}),
  open: async () => {
    const server = await startPostgres();
    const laid = await server.database();
    const engine = openEngine({ kind: "dbos", url: laid }, "tests", 1);
    await engine.queue();
    await engine.close();
    return {
      place: async () => ({ kind: "dbos", url: await server.database(laid) }),
      server,
      close: () => server.close(),
    };
  },
};

export const ENGINES: readonly EngineUnderTest[] = [local, dbos];

for (const { name, missing } of ENGINES)
  if (missing !== undefined) console.error(`SKIPPED: the engine ${name} is not tried, ${missing}`);
