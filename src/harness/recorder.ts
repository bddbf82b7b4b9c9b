import type { Clock } from "../seams/clock.ts";
import type { Fence, Ledger, Store } from "../seams/store.ts";
import type { Digest } from "../workflow/digest.ts";
import { digestOf } from "../workflow/digest.ts";
import { chainStart, eventLine, parseEvent, type ChainedEvent } from "../workflow/event-chain.ts";
import type { RunId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import type { RunEvent } from "../workflow/run-events.ts";

/** Writes the facts of one run, each chained to the one before. Facts wait in order until they are written together. */
export interface Recorder {
  readonly run: RunId;
  record(event: RunEvent): void;
  /** Everything recorded so far is in the ledger when this settles. */
  flush(): Promise<void>;
  /** A transaction of the ledger. What is recorded before or in it is written with it, or none of it is. */
  transact<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  /** From now on facts are written under this fence. */
  under(fence: Fence): void;
  /** Every line so far, written or waiting. */
  lines(): readonly string[];
}

export interface RecorderParts {
  readonly run: RunId;
  readonly host: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Called with each line after it is in the ledger, never before. */
  readonly onLine: (line: string) => void;
}

/** A recorder that goes on where the run's stream ends. */
export const openRecorder = async ({ run, host, store, clock, onLine }: RecorderParts): Promise<Recorder> => {
  const lines = [...(await store.facts(run))];
  // What is in the ledger was written as facts; one that is none any more is told here and not when it is looked for.
  for (const line of lines) parseEvent(line);
  let written = lines.length;
  let fence: Fence | "unfenced" = "unfenced";
  let writing: Promise<unknown> = Promise.resolve();

  const last = (): Digest => {
    const line = lines.at(-1);
    return line === undefined ? chainStart(run) : digestOf(line);
  };
  const write = async <T>(work: (ledger: Ledger) => Promise<T>): Promise<T> => {
    let pending: readonly string[] = [];
    const value = await store.transact(async (ledger) => {
      const done = await work(ledger);
      pending = lines.slice(written);
      if (pending.length > 0) await ledger.append(run, pending, fence);
      return done;
    });
    written += pending.length;
    pending.forEach(onLine);
    return value;
  };
  // One writer after the other; that one failed is told to its caller only, and what it left waits for the next.
  const inTurn = <T>(act: () => Promise<T>): Promise<T> => {
    const turn = writing.then(act);
    writing = turn.catch(() => undefined);
    return turn;
  };

  return {
    run,
    record: (event) => {
      const time = timeText(clock.now().epochMs);
      lines.push(eventLine({ event, run, sequence: lines.length, prev: last(), time, host }));
    },
    flush: () => inTurn(async () => (lines.length > written ? write(() => Promise.resolve()) : undefined)),
    transact: (work) =>
      inTurn(async () => {
        const before = lines.length;
        try {
          return await write(work);
        } catch (error) {
          // What was recorded in a transaction that failed has not happened.
          lines.length = before;
          throw error;
        }
      }),
    under: (newer) => {
      fence = newer;
    },
    lines: () => lines,
  };
};

/** The first recorded fact of a type, if there is one. */
export const findFact = (
  lines: readonly string[],
  type: RunEvent["type"],
  subject?: string,
): ChainedEvent | undefined => {
  // Only a line that has the word in it can be one; the others need not be parsed.
  for (const line of lines) {
    if (!line.includes(type)) continue;
    const event = parseEvent(line);
    if (event.type === type && (subject === undefined || event.subject === subject)) return event;
  }
  return undefined;
};
