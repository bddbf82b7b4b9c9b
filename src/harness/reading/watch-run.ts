import { setTimeout as wait } from "node:timers/promises";

import type { RunRow } from "../../seams/store.ts";
import type { RunId } from "../../workflow/ids.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { World } from "../world.ts";
import { viewOfRun } from "./read-runs.ts";

/** How the watching of a run came to its end: with the run, by the watcher, or because nobody performs it any more. */
export type Watched = "ended" | "left" | "unheld";

/** Looks at a run, which goes on elsewhere, again and again until it has ended; it changes nothing of it. */
export const watchRun = async (
  world: World,
  run: RunId,
  signal: AbortSignal,
  look: (row: RunRow) => Promise<void>,
): Promise<Watched> => {
  let unheldSince: number | undefined;
  for (;;) {
    const row = await world.store.run(run);
    if (row === "absent") throw new TypeError(`no such run: ${run}`);
    await look(row);
    if (row.state === "ended") return "ended";
    if (signal.aborted) return "left";
    const { state } = await viewOfRun(world, row);
    const now = world.clock.now().epochMs;
    unheldSince = state === "interrupted" ? (unheldSince ?? now) : undefined;
    // Another worker may take it over: it is given the time for that.
    if (unheldSince !== undefined && now - unheldSince > LIMITS.unheldWaitMs) return "unheld";
    await pause(signal);
  }
};

/** Tells the event lines of a run from one number on, once each. */
export const eventsFrom = (
  world: World,
  run: RunId,
  from: number,
  onLine: (line: string) => void,
): (() => Promise<void>) => {
  let told = Math.max(0, from - 1);
  return async () => {
    const lines = await world.store.facts(run);
    for (const line of lines.slice(told)) onLine(line);
    told = Math.max(told, lines.length);
  };
};

const pause = async (signal: AbortSignal): Promise<void> => {
  await wait(LIMITS.followPollMs, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
};
