import type { Mediation } from "../backend-probe.ts";
import type { BackendEvent } from "../backend/backend-events.ts";
import { readFrame, type Frame } from "../backend/frame.ts";
import { acpStory } from "../backend/normalize-acp.ts";
import { caseStory } from "../backend/normalize-case.ts";
import { canonicalJson, type Json } from "../digest.ts";
import { keptData } from "../event-chain.ts";
import { timeText } from "../instant.ts";
import type { Files } from "./bundle.ts";
import type { EventLine } from "./event-line.ts";
import { frameAttempts, type FrameAttempt } from "./frame-attempts.ts";
import { LOG, linesOf, loggedEvents } from "./logged-events.ts";
import { bounded, difference, type Compared, type Difference } from "./replay-difference.ts";

/** What frames are read with: the backend's kind, and the grade that its profile declared. */
export interface NormalizeGround {
  readonly kind: string;
  readonly declared: Mediation;
}

/**
 * The normaliser once more over the raw frames (R107, evidence.md 11, R4): `type, subject, time, trust, data` of every
 * event that came of a frame, byte for byte and in order. It needs nothing but the bundle.
 */
export const replayNormalize = (files: Files, ground: NormalizeGround): Compared => {
  const { events, unread } = loggedEvents(files);
  const attempts = frameAttempts(events);
  const differences = attempts.flatMap((attempt) => compareAttempt(files, ground, attempt));
  const none = attempts.length === 0 ? [difference(LOG, "a workspace that was prepared", "none")] : [];
  return { differences: bounded([...unread, ...none, ...differences]), notComparable: [] };
};

const compareAttempt = (files: Files, ground: NormalizeGround, attempt: FrameAttempt): readonly Difference[] => {
  const { file, isLast, events } = attempt;
  if (!files.has(file))
    return events.length === 0 ? [] : [difference(file, "the frames of this attempt", "no such file")];
  const frames = linesOf(files, file).map((line) => ({ line, frame: readFrame(line) }));
  const broken = frames.findIndex(({ frame }) => frame === undefined);
  if (broken !== -1) return [difference(`${file} line ${broken + 1}`, "a frame", frames[broken]?.line ?? "")];
  const made = normalized(
    frames.flatMap(({ frame }) => frame ?? []),
    ground,
  );
  const told = events.map(({ event, line }) => ({ line, sequence: event.sequence, parts: partsOf(event) }));
  // What a crash cut off was kept as a frame before it could be told as an event.
  const compared = isLast ? Math.max(told.length, made.length) : told.length;
  return Array.from({ length: compared }, (_, at) => at).flatMap((at) => {
    const [was, now] = [told[at], made[at]];
    const where =
      was === undefined
        ? `${LOG}, of ${file} line ${now?.line}`
        : `${LOG} sequence ${was.sequence}, of ${file} line ${was.line}`;
    if (was === undefined) return [difference(where, "no event", canonicalJson(now?.parts ?? null))];
    if (now === undefined) return [difference(where, canonicalJson(was.parts), "no event")];
    return fieldDifferences(where, was.parts, now.parts);
  });
};

type Parts = Readonly<Record<"type" | "subject" | "time" | "trust" | "data", Json>>;
const PARTS = ["type", "subject", "time", "trust", "data"] as const;

const partsOf = ({ type, subject, time, trust, data }: EventLine): Parts => ({
  type,
  subject,
  time,
  trust,
  data: keptData(data),
});

const normalized = (
  frames: readonly Frame[],
  { kind, declared }: NormalizeGround,
): readonly { readonly line: number; readonly parts: Parts }[] => {
  const story = kind === "case" ? caseStory() : acpStory({ declared });
  const events = [...frames.flatMap((frame, index) => story.next(frame, index + 1)), ...story.end(frames.length)];
  return events.map((event) => ({ line: event.raw?.line ?? 0, parts: madeParts(event) }));
};

const madeParts = ({ type, subject, at, trust, data, raw }: BackendEvent): Parts => ({
  type,
  subject: subject.toWellFormed(),
  time: timeText(at),
  trust,
  // As the Harness writes it: the place in the bundle, and only what every reader of JSON gives back.
  data: keptData(raw === undefined ? data : { ...data, raw: { ...raw, file: `backend/${raw.file}` } }),
});

const fieldDifferences = (where: string, was: Parts, now: Parts): readonly Difference[] =>
  PARTS.flatMap((part) => {
    const [before, after] = [canonicalJson(was[part]), canonicalJson(now[part])];
    return before === after ? [] : [difference(`${where}, ${part}`, before, after)];
  });
