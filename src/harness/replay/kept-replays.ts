import { z } from "zod";

import { REPLAY_LEVELS, type ReplayLevel } from "../../workflow/evidence/schemas/replay-levels.ts";
import { Failure } from "../../workflow/failure.ts";
import type { RunId } from "../../workflow/ids.ts";
import { timeText } from "../../workflow/instant.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { SourceDocument } from "../../workflow/packet/packet.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import type { ReplayResultObject, ReplaysObject } from "../objects/replay.ts";
import type { World } from "../world.ts";

/** Leave to replay, for one at a time of all processes of a home; a holder that died, or is long past its limit, loses it. */
export const takeTurn = async (world: World, run: RunId, level: ReplayLevel): Promise<Result<string, Refusal>> => {
  const found = await world.home.read(TURN);
  const turn = found === "absent" ? undefined : readAs(turnSchema, found);
  if (turn !== undefined && stateOf(world, turn) === "running")
    return refuse(refusal("surface/replay-running", { run: turn.run, level: turn.level, since: turn.startedAt }));
  const startedAt = timeText(world.clock.now().epochMs);
  await lay(world, TURN, found, { run, level, startedAt, holder: world.holder, ended: false });
  return ok(startedAt);
};

/** Keeps what came of a replay beside the sealed runs, never among them, and gives the turn back. */
export const keepReplay = async (world: World, run: RunId, result: ReplayResultObject): Promise<void> => {
  const { level, startedAt } = result;
  const place = placeOf(run, level);
  await lay(world, place, await world.home.read(place), result);
  const turn = { run, level, startedAt, holder: world.holder, ended: true };
  await lay(world, TURN, await world.home.read(TURN), turn);
};

export const readReplays = async (world: World, run: RunId): Promise<ReplaysObject> => {
  const found = await world.home.read(TURN);
  const turn = found === "absent" ? undefined : readAs(turnSchema, found);
  const kept = await Promise.all(REPLAY_LEVELS.map((level) => world.home.read(placeOf(run, level))));
  const last = kept.flatMap((document) => (document === "absent" ? [] : [readAs(resultSchema, document)]));
  const state = turn === undefined || turn.run !== run ? "ended" : stateOf(world, turn);
  if (turn === undefined || state === "ended") return { last, now: null };
  return { last, now: { level: turn.level, startedAt: turn.startedAt, state } };
};

const TURN = ".cto/replays/now.json";
const placeOf = (run: RunId, level: string): string => `.cto/replays/${run}/${level}.json`;

const turnSchema = z.strictObject({
  run: z.string(),
  level: z.enum(REPLAY_LEVELS),
  startedAt: z.iso.datetime(),
  holder: z.strictObject({ pid: z.int(), pidStart: z.string(), bootId: z.string(), host: z.string() }),
  ended: z.boolean(),
});

const resultSchema = z.strictObject({
  level: z.enum(REPLAY_LEVELS),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  by: z.string(),
  version: z.string(),
  came: z.enum(["same", "differs", "refused", "failed", "ended"]),
  says: z.string(),
  code: z.string(),
  differences: z.array(z.strictObject({ where: z.string(), expected: z.string(), got: z.string() })),
  notComparable: z.array(z.string()),
  notes: z.array(z.string()),
});

const stateOf = (world: World, turn: z.infer<typeof turnSchema>): "running" | "broken-off" | "ended" => {
  if (turn.ended) return "ended";
  const age = world.clock.now().epochMs - Date.parse(turn.startedAt);
  return age <= 2 * LIMITS.replayHereMs && world.isAlive(turn.holder) ? "running" : "broken-off";
};

const readAs = <T>(schema: z.ZodType<T>, { path, bytes }: SourceDocument): T => {
  const read = schema.safeParse(jsonIn(bytes));
  if (!read.success) throw new Failure("home/unreadable", `${path} is not as this version writes it.`);
  return read.data;
};

const jsonIn = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
};

const lay = async (world: World, place: string, over: SourceDocument | "absent", value: object): Promise<void> => {
  const bytes = new TextEncoder().encode(`${JSON.stringify(value)}\n`);
  await world.home.write(place, bytes, over === "absent" ? over : over.digest);
};
