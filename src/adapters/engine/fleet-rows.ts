import type { Pool } from "pg";

import type { SeenWorker } from "../../seams/engine.ts";
import { ENGINE_LIMITS } from "../../workflow/engine-limits.ts";
import { workerKey } from "./lock-key.ts";
import type { Session } from "./session.ts";
import { readWords, shownName } from "./worker-words.ts";

interface Row {
  readonly worker: string;
  readonly words: string;
  readonly draining: boolean;
  readonly at: string;
  readonly silent: boolean;
}

/** Workers of the database, by name. Whether one lives is told by the lock that its session holds, and by nothing it wrote. */
export const seenWorkers = async (pool: Pool): Promise<readonly SeenWorker[]> => {
  const { rows } = await pool.query<Row>(
    `select worker, words, draining, (extract(epoch from heard_at) * 1000)::bigint::text as at,
       heard_at < now() - $2 * interval '1 millisecond' as silent
     from cto_engine.workers order by heard_at desc limit $1`,
    [ENGINE_LIMITS.workersShownMax, ENGINE_LIMITS.idleSessionMs],
  );
  const locks = await pool.query<{ key: string }>(
    `select ((classid::bigint << 32) | objid::bigint)::text as key from pg_locks
     where locktype = 'advisory' and objsubid = 1 and granted
       and database = (select oid from pg_database where datname = current_database())`,
  );
  const held = new Set(locks.rows.map(({ key }) => key));
  return rows
    .map(({ worker, words, draining, at, silent }): SeenWorker => {
      const lives = held.has(workerKey(worker));
      return {
        id: shownName(worker),
        ...readWords(words),
        state: !lives ? "gone" : silent ? "silent" : draining ? "drains" : "serves",
        heardAt: Number(at),
      };
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
};

/** The row of one worker, kept by its session: whoever has lost that says nothing more. */
export interface OwnRow {
  join(words: string): Promise<void>;
  beat(isDraining: boolean): Promise<void>;
  leave(): Promise<void>;
}

export const ownRow = (session: Session, worker: string): OwnRow => ({
  join: async (words) => {
    await session.ask("delete from cto_engine.workers where heard_at < now() - $1 * interval '1 millisecond'", [
      ENGINE_LIMITS.workerRememberedMs,
    ]);
    await session.ask(
      `insert into cto_engine.workers values ($1, $2, false, now())
       on conflict (worker) do update set words = excluded.words, draining = false, heard_at = now()`,
      [worker, words],
    );
  },
  beat: async (isDraining) => {
    await session.ask("update cto_engine.workers set draining = $2, heard_at = now() where worker = $1", [
      worker,
      isDraining,
    ]);
  },
  leave: async () => {
    await session.ask("delete from cto_engine.workers where worker = $1", [worker]);
  },
});
