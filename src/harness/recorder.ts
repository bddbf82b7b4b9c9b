import type { Clock } from "../seams/clock.ts";
import type { Fence, Ledger, Store } from "../seams/store.ts";
import { chainStart, eventLine, parseEvent } from "../workflow/event-chain.ts";
import type { Digest } from "../workflow/digest.ts";
import { digestOf } from "../workflow/digest.ts";
import type { RunId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import type { RunEvent } from "../workflow/run-events.ts";

/** Writes the facts of one run, each chained to the one before. Facts wait in order until `flush`, or a step's end. */
export interface Recorder {
  readonly run: RunId;
  record(event: RunEvent): void;
  /** Everything recorded so far is in the ledger when this settles. */
  flush(): Promise<void>;
  /** The same inside a transaction that is already open: `flush` before it, or two writers wait for each other. */
  flushInto(ledger: Ledger): Promise<void>;
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
  /** Called with each line after it is in the ledger. */
  readonly onLine: (line: string) => void;
}

/** A recorder that goes on where the run's stream ends. */
export const openRecorder = async ({ run, host, store, clock, onLine }: RecorderParts): Promise<Recorder> => {
  const lines = [...(await store.facts(run))];
  let written = lines.length;
  let fence: Fence | "unfenced" = "unfenced";
  let writing: Promise<void> = Promise.resolve();

  const last = (): Digest => {
    const line = lines.at(-1);
    return line === undefined ? chainStart(run) : digestOf(line);
  };
  const write = async (append: (pending: readonly string[]) => Promise<void>): Promise<void> => {
    const pending = lines.slice(written);
    if (pending.length === 0) return;
    await append(pending);
    written += pending.length;
    pending.forEach(onLine);
  };

  return {
    run,
    record: (event) => {
      const time = timeText(clock.now().epochMs);
      lines.push(eventLine({ event, run, sequence: lines.length, prev: last(), time, host }));
    },
    flush: () => {
      writing = writing.then(() =>
        write((pending) => store.transact((ledger) => ledger.append(run, pending, fence))),
      );
      return writing;
    },
    flushInto: (ledger) => write((pending) => ledger.append(run, pending, fence)),
    under: (newer) => {
      fence = newer;
    },
    lines: () => lines,
  };
};

/** The first recorded fact of a type, if there is one. */
export const findFact = (lines: readonly string[], type: RunEvent["type"], subject?: string): RunEvent | undefined =>
  lines.map(parseEvent).find((event) => event.type === type && (subject === undefined || event.subject === subject));
