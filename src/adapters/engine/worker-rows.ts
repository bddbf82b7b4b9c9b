import type Database from "better-sqlite3";
import { z } from "zod";

import type { SeenWorker } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { readHolder } from "./read-holder.ts";
import { readWords, shownName } from "./worker-words.ts";

/** The workers of one machine, each in a row that it keeps fresh while it lives. */
export interface WorkerRows {
  /** Forgets those that have not been heard for a day. */
  join(worker: string, holder: Holder, words: string, now: number): void;
  beat(worker: string, isDraining: boolean, now: number): void;
  leave(worker: string): void;
  list(isAlive: (holder: Holder) => boolean, silentMs: number, now: number): readonly SeenWorker[];
}

export const workerRows = (database: Database.Database): WorkerRows => {
  const forget = database.prepare("delete from workers where heard_at < ?");
  const add = database.prepare("insert or replace into workers values (@worker, @holder, @words, 0, @now)");
  const hear = database.prepare("update workers set draining = ?, heard_at = ? where worker = ?");
  const remove = database.prepare("delete from workers where worker = ?");
  const newest = database.prepare("select * from workers order by heard_at desc limit ?");
  return {
    join: (worker, holder, words, now) => {
      forget.run(now - ENGINE_LIMITS.workerRememberedMs);
      add.run({ worker, holder: JSON.stringify(holder), words, now });
    },
    beat: (worker, isDraining, now) => void hear.run(Number(isDraining), now, worker),
    leave: (worker) => void remove.run(worker),
    list: (isAlive, silentMs, now) =>
      newest
        .all(ENGINE_LIMITS.workersShownMax)
        .flatMap((found) => {
          const row = Row.safeParse(found);
          return row.success ? [row.data] : [];
        })
        .map(({ worker, holder, words, draining, heard_at: heardAt }): SeenWorker => {
          const held = readHolder(holder);
          const lives = held !== undefined && isAlive(held);
          const isSilent = now - heardAt > silentMs;
          return {
            id: shownName(worker),
            ...readWords(words),
            state: !lives ? "gone" : isSilent ? "silent" : draining === 1 ? "drains" : "serves",
            heardAt,
          };
        })
        .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  };
};

const Row = z.object({
  worker: z.string(),
  holder: z.string(),
  words: z.string(),
  draining: z.int(),
  heard_at: z.int(),
});
