import { z } from "zod";

import type { ReplayResultObject } from "../harness/objects/replay.ts";
import { keepReplay, takeTurn } from "../harness/replay/kept-replays.ts";
import { replay } from "../harness/replay/replay.ts";
import type { World } from "../harness/world.ts";
import { REPLAY_LEVELS, type ReplayLevel } from "../workflow/evidence/schemas/replay-levels.ts";
import type { RunId } from "../workflow/ids.ts";
import { timeText } from "../workflow/instant.ts";
import { LIMITS } from "../workflow/limits.ts";
import { refusal, wordsOf } from "../workflow/refusal.ts";
import { problemOfError } from "./problem.ts";
import { refused, type Reply } from "./reply.ts";
import { nothing, runNamed, runsOf, wrongBody, type WriteRoute } from "./write-route.ts";

/** Replays that pages ask for: real ones, one at a time for a home, each with an end. */
export interface Replays {
  readonly route: WriteRoute;
  /** Ends the one that runs, and answers when nothing of it is left. */
  end(): Promise<void>;
}

export const replaysHere = (tell: (line: string) => void, limitMs: number = LIMITS.replayHereMs): Replays => {
  const ending = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const begin = async (world: World, run: RunId, level: ReplayLevel): Promise<Begun> => {
    if (!(await world.archive.isSealed(run)))
      return { reply: refused(refusal("replay/not-found", { run, level, levels: "none" })), work: undefined };
    const turn = await takeTurn(world, run, level);
    if (!turn.ok) return { reply: { kind: "refused", refusals: turn.refusals, near: [] }, work: undefined };
    const signal = AbortSignal.any([AbortSignal.timeout(limitMs), ending.signal]);
    const told = { level, startedAt: turn.value, state: "running" } as const;
    return {
      reply: { kind: "object", value: { run, ...told }, status: 202 },
      work: async () => keepReplay(world, run, await done(world, run, { ...told, signal, tell })),
    };
  };
  return {
    route: {
      path: "/api/r/:name/replay",
      answer: async (open, name, body) => {
        const read = z.strictObject({ level: z.enum(REPLAY_LEVELS) }).safeParse(body);
        if (!read.success) return refused(wrongBody(z.prettifyError(read.error).replaceAll("\n", " ")));
        const world = await open();
        let work: (() => Promise<void>) | undefined;
        try {
          const run = await runNamed(world, name);
          if (run === undefined) return nothing("run", name, await runsOf(world));
          const begun = await begin(world, run, read.data.level);
          ({ work } = begun);
          return begun.reply;
        } finally {
          // What began goes on after the answer, and closes the home itself.
          if (work === undefined) await world.store.close();
          else running = Promise.all([running, toItsEnd(world, work, tell)]);
        }
      },
    },
    end: async () => {
      ending.abort();
      await running;
    },
  };
};

const toItsEnd = async (world: World, work: () => Promise<void>, tell: (line: string) => void): Promise<void> => {
  try {
    await work();
  } catch (error) {
    tell(`the result of a replay is not kept: ${wordsFor(error)}`);
  } finally {
    await world.store.close();
  }
};

interface Begun {
  readonly reply: Reply;
  readonly work: (() => Promise<void>) | undefined;
}

interface Order {
  readonly level: ReplayLevel;
  readonly startedAt: string;
  readonly signal: AbortSignal;
  readonly tell: (line: string) => void;
}

const done = async (
  world: World,
  run: RunId,
  { level, startedAt, signal, tell }: Order,
): Promise<ReplayResultObject> => {
  const came = await comes(world, run, { level, signal, tell });
  const { user } = world.operator;
  return {
    level,
    startedAt,
    endedAt: timeText(world.clock.now().epochMs),
    by: user,
    version: world.build.version,
    ...NOTHING_COMPARED,
    ...came,
  };
};

type Came = Pick<ReplayResultObject, "came"> & Partial<ReplayResultObject>;

const NOTHING_COMPARED = { says: "", code: "", differences: [], notComparable: [], notes: [] };

const comes = async (
  world: World,
  run: RunId,
  { level, signal, tell }: Pick<Order, "level" | "signal" | "tell">,
): Promise<Came> => {
  try {
    const replayed = await replay(world, run, level, signal);
    if (signal.aborted) return endedBy(signal);
    if (!replayed.ok) {
      const [first] = replayed.refusals;
      return { came: "refused", says: wordsOf(first).says, code: first.code };
    }
    const { same, differences, notComparable, notes } = replayed.value;
    return { came: same ? "same" : "differs", differences, notComparable, notes };
  } catch (error) {
    // Whatever breaks off where it was ended broke off because it was.
    if (signal.aborted) return endedBy(signal);
    const { status, body } = problemOfError(error);
    if (status === 500) tell(`replay of ${run} at ${level}: ${wordsFor(error)}`);
    return { came: "failed", says: body.detail, code: body.code };
  }
};

const endedBy = ({ reason }: AbortSignal): Came =>
  reason instanceof DOMException && reason.name === "TimeoutError"
    ? { came: "ended", says: "It took longer than a replay from a page may, and was ended." }
    : { came: "ended", says: "The server that did it was ended." };

const wordsFor = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
