import { parseRunId, workId, type RunId, type WorkId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { nearest } from "../../workflow/nearest.ts";
import { openWorkGround } from "../home/work-ground.ts";
import type { World } from "../world.ts";
import { knownWorks } from "./read-works.ts";

/** What was asked for, or the names that may have been meant. */
export type Sought<T> =
  | { readonly found: true; readonly value: T }
  | { readonly found: false; readonly near: readonly string[] };

export const found = <T>(value: T): Sought<T> => ({ found: true, value });

export const missing = (
  given: string,
  known: readonly string[],
): { readonly found: false; readonly near: readonly string[] } => ({
  found: false,
  near: nearest(given, known),
});

/** A run that is there, and of which there is no bundle yet. */
export const NOT_SEALED = { found: false, near: [] } as const;

export const sealed = <T>(value: T | "not-sealed"): Sought<T> => (value === "not-sealed" ? NOT_SEALED : found(value));

/** What is read of a work item that the home knows. */
export const seekWork = async <T>(
  world: World,
  given: string,
  read: (work: WorkId) => Promise<Sought<T>>,
): Promise<Sought<T>> => {
  const known = knownWorks(await openWorkGround(world));
  const work = known.find((id) => id === given);
  return work === undefined ? missing(given, known) : read(work);
};

/** What is read of a run that the store knows. */
export const seekRun = async <T>(
  world: World,
  given: string,
  read: (run: RunId) => Promise<Sought<T>>,
): Promise<Sought<T>> => {
  const run = parseRunId(given);
  if (run !== undefined && (await world.store.run(run)) !== "absent") return read(run);
  // Of many runs the newest ones, and those of the same work item, are the ones that may have been meant.
  const work = workId(`CTO-WORK-${given.split("-")[1] ?? ""}`);
  const same = work === undefined ? [] : await world.store.runs({ work });
  const { rows } = await world.store.listRuns({ limit: LIMITS.surfacePageDefault });
  return missing(given, [...new Set([...same, ...rows].map((row) => row.run))]);
};
