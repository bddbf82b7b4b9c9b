import { hostname } from "node:os";
import path from "node:path";

import type { Engine } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { Failure } from "../../workflow/failure.ts";
import type { StoreService } from "../../workflow/home-services.ts";
import { localEngine } from "./local-engine.ts";

interface EngineGround {
  /** Absolute path of `.cto` in the home. */
  readonly stateFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly mode: "read" | "write";
  readonly homeId: string;
  readonly sites: readonly string[];
  readonly self: Holder;
  readonly isAlive: (holder: Holder) => boolean;
  /** A ULID that no other worker has. */
  readonly id: string;
}

const WORKER_NAME = new RegExp(`^[A-Za-z0-9][A-Za-z0-9._:@-]{0,${ENGINE_LIMITS.workerNameCharactersMax - 1}}$`);

/** The engine follows the ledger: orders of a home lie where its decisions do. */
export const engineOf = async (store: StoreService, ground: EngineGround): Promise<Engine> => {
  const { stateFolder, environment, mode, homeId, sites, self, isAlive, id } = ground;
  const named = environment["CTO_WORKER_ID"];
  // It becomes part of ids and is read by people elsewhere.
  if (mode === "write" && named !== undefined && !WORKER_NAME.test(named))
    throw new Failure(
      "engine/worker-name",
      `CTO_WORKER_ID may be letters, digits and ._:@- of ASCII, at most ${ENGINE_LIMITS.workerNameCharactersMax}, a letter or digit first.`,
    );
  // Here several environments may be served by one process, each by a worker of its own.
  const worker = `${named ?? `${hostname()}-${self.pid}`}-${id}`;
  const use = mode === "read" ? "look" : "work";
  if (store.kind === "sqlite")
    return localEngine({ file: path.join(stateFolder, "engine.db"), use, worker, sites, self, isAlive });
  const { dbosEngine } = await import("./dbos-engine.ts");
  const [site = "none"] = sites;
  return dbosEngine({
    url: store.url,
    // Whoever is started again under its name gets its own orders back at once.
    worker: named ?? worker,
    site,
    home: homeId,
    // A site is one target, and of one target one order runs at a time.
    concurrency: 1,
    use,
  });
};
