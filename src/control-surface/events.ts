import type { Store } from "../seams/store.ts";
import type { LedgerRecord } from "../workflow/ledger.ts";
import { LIMITS } from "../workflow/limits.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { SHOWN_STATES, STATE_WORDS } from "../workflow/state-words.ts";
import type { EventObject } from "./api.ts";
import { newestOf } from "./newest.ts";

/** Streams of what the ledger records, as server-sent events: the id is the record's number (surface.md 4.5). */
export interface Streams {
  /** From after the given number, or from now on; told at the speed of the reader, ended by him or by `end`. */
  open(lastEventId: string | undefined): Promise<Result<ReadableStream<Uint8Array>, Refusal>>;
  end(): void;
}

export const streamsOf = (store: Pick<Store, "head" | "leaves">): Streams => {
  const newest = newestOf(store);
  const ending = new AbortController();
  let open = 0;

  /** What comes next: records, or a heartbeat where there are none for a while. Nothing waits in memory. */
  const textAfter = async (
    after: number,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly last: number }> => {
    await newest.beyond(after, LIMITS.surfaceHeartbeatMs, signal);
    const now = await newest.now();
    if (now - after > LIMITS.surfaceEventsBehindMax)
      return { text: message("missed", now, { seq: now, missed: now - after }), last: now };
    const records = now > after ? await store.leaves(after) : [];
    return records.length === 0
      ? { text: ": still here\n\n", last: after }
      : { text: records.map(messageOf).join(""), last: records.at(-1)?.seq ?? after };
  };

  return {
    open: async (lastEventId) => {
      if (lastEventId !== undefined && !/^\d{1,15}$/.test(lastEventId))
        return refuse(refusal("surface/wrong-parameter", { name: "Last-Event-ID", problem: "is no number" }));
      if (open >= LIMITS.surfaceStreamsMax) return refuse(refusal("surface/too-many-streams", { open }));
      open += 1;
      const left = new AbortController();
      const signal = AbortSignal.any([left.signal, ending.signal]);
      signal.addEventListener("abort", () => (open -= 1), { once: true });
      try {
        const size = await newest.now();
        // A number that is still to come is of another ledger: its reader would wait for ever.
        let last = lastEventId === undefined ? size : Math.min(Number(lastEventId), size);
        const encoder = new TextEncoder();
        const stream = new ReadableStream<Uint8Array>(
          {
            start: (controller) => controller.enqueue(encoder.encode(": open\n\n")),
            pull: async (controller) => {
              try {
                const next = await textAfter(last, signal);
                if (left.signal.aborted) return;
                if (signal.aborted) return controller.close();
                last = next.last;
                controller.enqueue(encoder.encode(next.text));
              } catch (error) {
                left.abort();
                controller.error(error);
              }
            },
            cancel: () => left.abort(),
          },
          { highWaterMark: 1 },
        );
        return ok(stream);
      } catch (error) {
        left.abort();
        throw error;
      }
    },
    end: () => ending.abort(),
  };
};

const messageOf = ({ seq, type, work, run }: LedgerRecord): string => {
  const states = SHOWN_STATES.filter((state) => STATE_WORDS[state].event === type);
  const [state] = states;
  return message(type, seq, {
    seq,
    type,
    ...(work === undefined ? {} : { work }),
    ...(run === undefined ? {} : { run }),
    // A record that may lead to several states says none: the run or the work item does.
    ...(state === undefined || states.length > 1 ? {} : { state }),
  });
};

const message = (event: string, id: number, data: EventObject): string =>
  `event: ${event}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
