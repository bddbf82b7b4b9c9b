import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { holderOfThisProcess, isAlive } from "../src/adapters/clock/holder.ts";
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

export const engineIn = (folder: string, worker: string): Engine =>
  localEngine({
    file: path.join(folder, "engine.db"),
    worker,
    sites: ["here"],
    self: holderOfThisProcess(),
    isAlive,
    lookMs: 20,
  });

export const orderOf = (nth: number, targets: number): RunOrder => ({
  ...idsOf(nth),
  kind: "execute",
  target: `target-${nth % targets}`,
  site: "here",
  priority: 0,
  owner: "jp",
});

export const idsOf = (nth: number): { readonly run: RunId; readonly work: WorkId } => {
  const digits = String(nth + 100).padStart(3, "0");
  const [run, work] = [parseRunId(`R-${digits}-01`), workId(`CTO-WORK-${digits}`)];
  if (run === undefined || work === undefined) throw new Error(`${digits} makes no ids`);
  return { run, work };
};
