import { z } from "zod";

import type { SeenWorker, Serve } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { parseRunId } from "../../workflow/ids.ts";

/** What a worker says of itself, as it lies in a row. */
export type WorkerWords = Pick<SeenWorker, "host" | "concurrency" | "only" | "offers">;

export const wordsText = (host: string, concurrency: number, { only, offers }: Serve): string =>
  JSON.stringify({
    host,
    concurrency,
    ...(only === undefined ? {} : { only }),
    ...(offers === undefined ? {} : { offers: bounded(offers) }),
  } satisfies WorkerWords);

/** A row that nobody here wrote says nothing; who wrote it is shown all the same. */
export const readWords = (text: string): WorkerWords => {
  const read = form.safeParse(parsed(text));
  if (!read.success) return { host: "unknown", concurrency: 0 };
  const { host, concurrency, only, offers } = read.data;
  const run = only === undefined ? undefined : parseRunId(only);
  return {
    host,
    concurrency,
    ...(run === undefined ? {} : { only: run }),
    ...(offers === undefined ? {} : { offers }),
  };
};

/** A name that is longer than any that a worker may have is cut. */
export const shownName = (name: string): string => name.slice(0, ENGINE_LIMITS.workerNameCharactersMax * 2);

const bounded = (offers: NonNullable<Serve["offers"]>): NonNullable<Serve["offers"]> => ({
  ...offers,
  backends: offers.backends.slice(0, ENGINE_LIMITS.offersMax),
  targets: offers.targets.slice(0, ENGINE_LIMITS.offersMax),
});

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const name = z.string().max(ENGINE_LIMITS.offerCharactersMax);
const form = z.object({
  host: name,
  concurrency: z.int().nonnegative(),
  only: z.string().optional(),
  offers: z
    .object({
      confinement: z.enum(["A", "B", "C"]),
      backends: z.array(name).max(ENGINE_LIMITS.offersMax),
      targets: z.array(name).max(ENGINE_LIMITS.offersMax),
    })
    .optional(),
});
