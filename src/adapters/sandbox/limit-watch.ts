import { LIMITS } from "../../workflow/limits.ts";
import type { RunLimits } from "../../workflow/run-limits.ts";

/** The limits that end a run by a clock or a look; those of the kernel are in `limitArgs`. */
export type WatchedLimit = "wall" | "idle" | "output" | "memory" | "scratch-bytes" | "scratch-inodes";

export interface LimitWatch {
  /** A process runs: the first one begins `wall`, and `idle` and the looks go on. */
  running(): void;
  /** No process runs. */
  resting(): void;
  /** Bytes that came out on one stream, and how many had come there before. */
  seen(bytes: number, before: number): void;
  /** The last look; nothing is reached after it. */
  end(): Promise<void>;
}

/** Calls `reached` once, with the first limit that was passed. `look` answers the one that a look shows. */
export const watchLimits = (
  limits: RunLimits,
  look: () => Promise<WatchedLimit | undefined>,
  reached: (limit: WatchedLimit) => void,
): LimitWatch => {
  let running = false;
  let told = false;
  let wall: NodeJS.Timeout | undefined;
  let idle: NodeJS.Timeout | undefined;
  let poll: NodeJS.Timeout | undefined;

  const tell = (limit: WatchedLimit): void => {
    if (told) return;
    told = true;
    reached(limit);
  };
  const waitForBytes = (): void => {
    clearTimeout(idle);
    if (running) idle = setTimeout(() => tell("idle"), limits.idleMs);
  };
  const lookSoon = (lastMs: number): void => {
    // A large tree is looked at less often, so that looking never takes more than a fifth of the time.
    if (running && !told) poll = setTimeout(() => void lookNow(), Math.max(LIMITS.scratchPollMs, lastMs * 4));
  };
  const lookNow = async (): Promise<void> => {
    const from = performance.now();
    const found = await look();
    if (found !== undefined) tell(found);
    lookSoon(performance.now() - from);
  };

  return {
    running: () => {
      if (running) return;
      running = true;
      wall ??= setTimeout(() => tell("wall"), limits.wallMs).unref();
      waitForBytes();
      lookSoon(0);
    },
    resting: () => {
      running = false;
      clearTimeout(idle);
      clearTimeout(poll);
    },
    seen: (bytes, before) => {
      if (told) return;
      waitForBytes();
      if (before + bytes > LIMITS.sandboxStreamBytesMax) tell("output");
    },
    end: async () => {
      running = false;
      for (const timer of [wall, idle, poll]) clearTimeout(timer);
      if (!told) await lookNow();
      told = true;
    },
  };
};
