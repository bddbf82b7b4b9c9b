import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { holderOfThisProcess, isAlive } from "../src/adapters/clock/holder.ts";
import { dbosEngine } from "../src/adapters/engine/dbos-engine.ts";
import { localEngine } from "../src/adapters/engine/local-engine.ts";
import type { Engine, RunOrder } from "../src/seams/engine.ts";
import { parseRunId, workId, type RunId, type WorkId } from "../src/workflow/ids.ts";

/** A folder of its own for as long as something is measured in it. */
export const inFolder = async <T>(act: (folder: string) => Promise<T>): Promise<T> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-bench-"));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Where orders lie: a folder for the engine of one machine, or a database for DBOS. */
export type Place = { readonly folder: string } | { readonly url: string };

export const engineIn = (place: Place, worker: string, concurrency = 8): Engine =>
  "folder" in place
    ? localEngine({
        file: path.join(place.folder, "engine.db"),
        worker,
        sites: [SITE],
        self: holderOfThisProcess(),
        isAlive,
        lookMs: 20,
      })
    : dbosEngine({
        url: place.url,
        worker,
        site: SITE,
        home: "a-home",
        use: "work",
        concurrency,
        times: { pollMs: POLL_MS },
      });

const SITE = "here";
/** How often DBOS asks for orders, on both sides of what is compared. */
export const POLL_MS = 50;

export const orderOf = (nth: number, targets: number): RunOrder => ({
  ...idsOf(nth),
  kind: "execute",
  target: `target-${nth % targets}`,
  site: SITE,
  priority: 0,
  owner: "jp",
});

export const idsOf = (nth: number): { readonly run: RunId; readonly work: WorkId } => {
  const digits = String(nth + 100).padStart(3, "0");
  const [run, work] = [parseRunId(`R-${digits}-01`), workId(`CTO-WORK-${digits}`)];
  if (run === undefined || work === undefined) throw new Error(`${digits} makes no ids`);
  return { run, work };
};
