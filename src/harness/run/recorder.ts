import type { Clock } from "../../seams/clock.ts";
import type { Fence, Ledger, Store } from "../../seams/store.ts";
import { runOrigin, signedCheckpoint, type Checkpoint, type NoteSigner } from "../../workflow/checkpoint.ts";
import type { Digest } from "../../workflow/digest.ts";
import { digestOf } from "../../workflow/digest.ts";
import { chainStart, eventLine, parseEvent, type ChainedEvent } from "../../workflow/event-chain.ts";
import type { RedactedSecret } from "../../workflow/evidence/redaction-book.ts";
import type { RunId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { EMPTY_FRONTIER, leafHash, rootOf, withLeaf, type Frontier } from "../../workflow/merkle.ts";
import type { RunEvent } from "../../workflow/run-events.ts";
import type { Redactor } from "../backend/redactor.ts";

/**
 * Writes the facts of one run, each chained to the one before. Facts wait in order until they are written together. A
 * signed checkpoint over all lines before it comes after 256 lines, or as soon as one of them is two seconds old.
 */
export interface Recorder {
  readonly run: RunId;
  record(event: RunEvent): void;
  /** Signs all lines so far, unless the last line does. */
  checkpoint(): void;
  /** The signed checkpoint over all lines so far, which is no line itself. */
  note(): string;
  /** Everything recorded so far is in the ledger when this settles. */
  flush(): Promise<void>;
  /** A transaction of the ledger. What is recorded before or in it is written with it, or none of it is. */
  transact<T>(work: (ledger: Ledger) => Promise<T>): Promise<T>;
  /** From now on facts are written under this fence. */
  under(fence: Fence): void;
  /** The fence under which facts are written now. */
  fence(): Fence | "unfenced";
  /** Every line so far, written or waiting. */
  lines(): readonly string[];
}

export interface RecorderParts {
  readonly run: RunId;
  readonly host: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly signer: NoteSigner;
  /** No fact is chained, and so hashed, before it has gone through it. */
  readonly redactor: Pick<Redactor, "event" | "news">;
  /** Called with each line after it is in the ledger, never before. */
  readonly onLine: (line: string) => void;
}

/** A recorder that goes on where the run's stream ends. */
export const openRecorder = async ({
  run,
  host,
  store,
  clock,
  signer,
  redactor,
  onLine,
}: RecorderParts): Promise<Recorder> => {
  const lines = [...(await store.facts(run))];
  // What is in the ledger was written as facts; one that is none any more is told here and not when it is looked for.
  const facts = lines.map(parseEvent);
  let written = lines.length;
  let fence: Fence | "unfenced" = "unfenced";
  let writing: Promise<unknown> = Promise.resolve();
  let isEnded = facts.at(-1)?.type === "run.finished";
  let log: Log = {
    tree: lines.reduce((tree, line) => withLeaf(tree, leafHash(line)), EMPTY_FRONTIER),
    last: lines.length === 0 ? chainStart(run) : digestOf(lines.at(-1) ?? ""),
    signed: 1 + facts.findLastIndex(({ type }) => type === "evidence.checkpointed"),
    since: clock.wallMs(),
  };

  const add = (event: RunEvent): void => {
    const now = clock.wallMs();
    const time = timeText(event.at ?? now);
    const line = eventLine({ event, run, sequence: lines.length, prev: log.last, time, host });
    lines.push(line);
    log = {
      tree: withLeaf(log.tree, leafHash(line)),
      last: digestOf(line),
      signed: event.type === "evidence.checkpointed" ? lines.length : log.signed,
      since: lines.length - log.signed === 1 ? now : log.since,
    };
  };
  const here = (): Checkpoint => ({
    origin: runOrigin(run),
    size: log.tree.size,
    rootHash: Buffer.from(rootOf(log.tree)).toString("base64"),
  });
  const checkpoint = (): void => {
    if (log.signed === lines.length) return;
    const { size, rootHash } = here();
    const note = signedCheckpoint(here(), signer);
    add({
      type: "evidence.checkpointed",
      subject: "run",
      trust: "harness-observed",
      data: { size, rootHash, note },
    });
  };
  const isDue = (): boolean => {
    const open = lines.length - log.signed;
    if (open === 0 || open >= LIMITS.checkpointLines - 1) return open > 0;
    // A clock that was set back tells no age: then one checkpoint more is made.
    const age = clock.wallMs() - log.since;
    return age < 0 || age >= LIMITS.checkpointMs;
  };
  const write = async <T>(work: (ledger: Ledger) => Promise<T>): Promise<T> => {
    let pending: readonly string[] = [];
    const value = await store.transact(async (ledger) => {
      const done = await work(ledger);
      if (!isEnded && isDue()) checkpoint();
      pending = lines.slice(written);
      // Also without lines: what another one took over is changed by nobody else.
      await ledger.append(run, pending, fence);
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
      const redacted = redactor.event(event);
      // Told before the fact that shows it: nothing may follow the last fact of a run.
      for (const secret of redactor.news()) add(redactionEvent(secret));
      add(redacted);
      // The end stays the last line of the log, whatever is due.
      isEnded ||= event.type === "run.finished";
      if (!isEnded && isDue()) checkpoint();
    },
    checkpoint,
    note: () => signedCheckpoint(here(), signer),
    flush: () => inTurn(async () => (lines.length > written ? write(() => Promise.resolve()) : undefined)),
    transact: (work) =>
      inTurn(async () => {
        const [before, then, wasEnded] = [lines.length, log, isEnded];
        try {
          return await write(work);
        } catch (error) {
          // What was recorded in a transaction that failed has not happened.
          lines.length = before;
          log = then;
          isEnded = wasEnded;
          throw error;
        }
      }),
    under: (newer) => {
      fence = newer;
    },
    fence: () => fence,
    lines: () => lines,
  };
};

/** The log as it is written: its tree, the digest of its last line, the lines under the last checkpoint, the age of the rest. */
interface Log {
  readonly tree: Frontier;
  readonly last: Digest;
  readonly signed: number;
  readonly since: number;
}

/** One secret that was met; how often it came again is told at the end. */
export const redactionEvent = ({ mark, rule, file, bytes, commitment }: RedactedSecret): RunEvent => ({
  type: "redaction.applied",
  subject: `redaction/${mark}`,
  trust: "harness-observed",
  data: { mark, rule, file, bytes, commitment },
});

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
