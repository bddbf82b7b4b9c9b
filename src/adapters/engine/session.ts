import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";

import type { QueryResultRow } from "pg";

import { Failure } from "../../workflow/failure.ts";

/** A connection that stands for one worker: while it lives so do its locks, and whoever loses it is no worker any more. */
export interface Session {
  ask<Row extends QueryResultRow>(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;
  /** Held until unlocked or until the session ends, however it ends. */
  tryLock(key: string, mode: LockMode): Promise<boolean>;
  unlock(key: string, mode: LockMode): Promise<void>;
  /** Rejects with Failure `engine/liveness-lost`, unless it was closed. */
  readonly lost: Promise<never>;
  /** Whether the database has answered so lately that it cannot have ended the session for silence. */
  isFresh(): boolean;
  close(): Promise<void>;
}

type LockMode = "alone" | "shared";

export interface SessionTimes {
  readonly idleSessionMs: number;
  readonly livenessMs: number;
  readonly livenessAnswerMs: number;
  readonly connectMs: number;
}

const TRY = { alone: "pg_try_advisory_lock", shared: "pg_try_advisory_lock_shared" } as const;
const LET_GO = { alone: "pg_advisory_unlock", shared: "pg_advisory_unlock_shared" } as const;

/** Connects and begins to beat; Failure `engine/unreachable` where nobody answers. */
export const openSession = async (url: string, name: string, times: SessionTimes): Promise<Session> => {
  const { Client } = await import("pg");
  const client = new Client({
    connectionString: url,
    application_name: name,
    connectionTimeoutMillis: times.connectMs,
  });
  const ending = new AbortController();
  const { promise: lost, reject } = Promise.withResolvers<never>();
  lost.catch(() => undefined);
  const lose = (why: string): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    reject(new Failure("engine/liveness-lost", `The worker's connection to the database is gone: ${why}.`));
    void client.end().catch(() => undefined);
  };
  client.on("error", (error) => lose(error.message));
  client.on("end", () => lose("the database closed it"));

  let answeredAt = performance.now();
  // One question after the other: whoever asks does not know of the others.
  let turn: Promise<unknown> = Promise.resolve();
  const ask: Session["ask"] = (sql, values = []) => {
    const mine = turn.then(async () => {
      const { rows } = await client.query(sql, [...values]);
      answeredAt = performance.now();
      return rows;
    });
    turn = mine.catch(() => undefined);
    return mine;
  };
  try {
    await client.connect();
    await ask(`set idle_session_timeout = ${Math.trunc(times.idleSessionMs)}`);
  } catch (error) {
    ending.abort();
    void client.end().catch(() => undefined);
    throw unreachable(error);
  }

  const beat = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      await delay(times.livenessMs, undefined, { signal: ending.signal });
      const late = delay(times.livenessAnswerMs, "late", { signal: ending.signal });
      const answer = await Promise.race([ask("select 1"), late.catch(() => "late")]);
      if (answer === "late") return lose(`it has not answered for ${times.livenessAnswerMs} ms`);
    }
  };
  beat().catch((error: unknown) => lose(error instanceof Error ? error.message : String(error)));

  return {
    ask,
    tryLock: async (key, mode) => {
      const [row] = await ask<{ locked: boolean }>(`select ${TRY[mode]}($1::bigint) as locked`, [key]);
      return row?.locked === true;
    },
    unlock: async (key, mode) => {
      await ask(`select ${LET_GO[mode]}($1::bigint)`, [key]);
    },
    lost,
    isFresh: () => !ending.signal.aborted && performance.now() - answeredAt < times.idleSessionMs,
    close: async () => {
      ending.abort();
      await client.end();
    },
  };
};

export const unreachable = (error: unknown): Failure =>
  new Failure("engine/unreachable", `The engine's database does not serve: ${wordsOf(error)}.`, {
    cause: error,
    retry: true,
  });

const wordsOf = (error: unknown): string =>
  error instanceof AggregateError
    ? error.errors.map(wordsOf).join("; ")
    : error instanceof Error
      ? error.message
      : String(error);
