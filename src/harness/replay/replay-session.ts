import { readFrame } from "../../workflow/backend/frame.ts";
import { linesOf, loggedEvents } from "../../workflow/evidence/logged-events.ts";
import { difference } from "../../workflow/evidence/replay-difference.ts";
import { compareSessions, recordedEffects, type Session } from "../../workflow/evidence/replay-session.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import { framesIn, playInScratch } from "./play-in-scratch.ts";
import { replayHome } from "./replay-home.ts";
import type { ReplayAnswer, ReplayRun } from "./replay.ts";

const FRAMES = "backend/frames.jsonl";

/** R5: the agent's side of the recorded frames is played to the governing client of now, in a real stage without a model. */
export const replaySession = async (
  { home, signal }: ReplayRun,
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
): Promise<Result<ReplayAnswer, Refusal>> => {
  const ground = await replayHome(home, files, report, "session");
  if (!ground.ok) return ground;
  const { world, permit } = ground.value;
  const lines = linesOf(files, FRAMES);
  const broken = lines.findIndex((line) => readFrame(line) === undefined);
  if (broken !== -1) {
    const read = difference(`${FRAMES} line ${broken + 1}`, "a frame", lines[broken] ?? "");
    return ok({ differences: [read], notComparable: [] });
  }
  const { events, unread } = loggedEvents(files);
  const was: Session = { frames: framesIn(lines), effects: recordedEffects(events) };
  const backend = world.recordedBackend(files.get(FRAMES) ?? new Uint8Array());
  const now = await world.inScratch((scratch) =>
    playInScratch(scratch, permit, { backend, model: "no-model", signal }),
  );
  const { differences, notComparable } = compareSessions(was, now);
  return ok({ differences: [...unread, ...differences], notComparable });
};
