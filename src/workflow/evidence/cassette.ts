import { z } from "zod";

import type { Recording } from "../policy/exchange.ts";
import { ok, refuse, type Result } from "../result.ts";
import { bounded, difference, type Compared, type Difference } from "./replay-difference.ts";
import { toldEffects, type Effect } from "./replay-session.ts";

/** Exchanges with a model as a run kept them, if its policy said so. */
export const CASSETTE = "backend/cassette.jsonl";

const recording = z.object({
  method: z.string(),
  path: z.string(),
  model: z.string().nullable(),
  request: z.string(),
  status: z.int(),
  chunks: z.array(z.object({ ms: z.number(), text: z.string() })),
  usage: z.object({ input: z.number(), output: z.number(), estimated: z.boolean() }).nullable(),
});

/** The recordings of a cassette, or the first line of it that is none. */
export const readCassette = (lines: readonly string[]): Result<readonly Recording[], Difference> => {
  const read: Recording[] = [];
  for (const [at, line] of lines.entries()) {
    const one = recording.safeParse(jsonOrNothing(line));
    if (!one.success) return refuse(difference(`${CASSETTE} line ${at + 1}`, "a recorded exchange", line));
    read.push(one.data);
  }
  return ok(read);
};

const jsonOrNothing = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** How a cassette was used up: requests that it has no answer to, and how many were answered by another one's place. */
export interface Played {
  readonly unknown: readonly string[];
  /** Answers whose recorded request had the very same bytes. */
  readonly same: number;
  /** Answers of a request of the same path that had other bytes. */
  readonly altered: number;
  readonly unused: number;
}

/** The agent again, its model as it was: the files that came of it are the same, and it asked for nothing else. */
export const compareCassettes = (was: readonly Effect[], now: readonly Effect[], played: Played): Compared => {
  const byPath = (effects: readonly Effect[]): ReadonlyMap<string, Effect> =>
    new Map(effects.map((effect) => [effect.path, effect]));
  const [before, after] = [byPath(was), byPath(now)];
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const files = paths.flatMap((path) => {
    const [expected, got] = toldEffects(before.get(path), after.get(path));
    return expected === got ? [] : [difference(path, expected, got)];
  });
  const asked = played.unknown.map((request) => difference("request to the model", "one that was recorded", request));
  const left = played.unused === 0 ? [] : [difference("answers of the model", "all used", `${played.unused} left`)];
  return { differences: bounded([...asked, ...left, ...files]), notComparable: ["times", "what the agent said"] };
};
