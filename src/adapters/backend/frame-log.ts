import type { Room } from "../../seams/backend.ts";
import type { BackendEvent } from "../../workflow/backend/backend-events.ts";
import { MESSAGE_NESTING_MAX, type Frame, type OwnFact } from "../../workflow/backend/frame.ts";
import { nestingOf, plainJson } from "../../workflow/backend/loose.ts";
import type { Json } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** What reads the log while it grows. */
export interface FrameStory {
  next(frame: Frame, line: number): readonly BackendEvent[];
  end(line: number): readonly BackendEvent[];
}

/** `backend/frames.jsonl`: every line is kept before it is understood, and told as it is understood. */
export interface FrameLog {
  /** A line as it came. Answers its JSON, or undefined where there is none. */
  incoming(line: Uint8Array): Json | undefined;
  outgoing(message: unknown): void;
  readonly own: (fact: OwnFact) => void;
  end(): void;
  /** Milliseconds since the last line. */
  quietMs(): number;
}

export const openFrameLog = (room: Room, story: FrameStory, onLimit: (limit: string) => void): FrameLog => {
  let lines = 0;
  let bytes = 0;
  let last = performance.now();
  let isFull = false;

  const keep = (text: string, frame: Frame): void => {
    if (isFull) return;
    const kept = Buffer.from(`${text}\n`);
    if (lines + 1 > LIMITS.framesMax || bytes + kept.length > LIMITS.framesBytesMax) {
      isFull = true;
      onLimit(lines + 1 > LIMITS.framesMax ? "backend frames" : "backend frame bytes");
      return;
    }
    lines += 1;
    bytes += kept.length;
    last = performance.now();
    room.keep("frames.jsonl", kept);
    for (const event of story.next(frame, lines)) room.tell(event);
  };
  const raw = (line: Uint8Array): void => {
    const text = Buffer.from(line.subarray(0, LIMITS.frameRawCharactersMax * 4)).toString("utf8");
    const frame = {
      t: room.now(),
      dir: "in",
      raw: text.slice(0, LIMITS.frameRawCharactersMax).toWellFormed(),
      bytes: line.length,
    } as const;
    keep(JSON.stringify(frame), frame);
  };

  return {
    incoming: (line) => {
      const read = readLine(line);
      if (read === undefined) {
        raw(line);
        return undefined;
      }
      const t = room.now();
      // The agent's own text goes into the log, so that no reading of ours can change a byte of it.
      keep(`{"t":${t},"dir":"in","frame":${read.text}}`, { t, dir: "in", frame: read.json });
      return read.json;
    },
    outgoing: (message) => {
      const frame = { t: room.now(), dir: "out", frame: plainJson(message) } as const;
      keep(JSON.stringify(frame), frame);
    },
    own: (fact) => {
      const frame = { t: room.now(), dir: "own", frame: fact } as const;
      keep(JSON.stringify(frame), frame);
    },
    end: () => {
      for (const event of story.end(lines)) room.tell(event);
    },
    quietMs: () => performance.now() - last,
  };
};

const readLine = (line: Uint8Array): { readonly text: string; readonly json: Json } | undefined => {
  try {
    const text = decoder.decode(line).trim();
    if (nestingOf(text) > MESSAGE_NESTING_MAX) return undefined;
    return { text, json: plainJson(JSON.parse(text)) };
  } catch {
    // Not UTF-8 or not JSON: both are kept as raw lines.
    return undefined;
  }
};

const decoder = new TextDecoder("utf-8", { fatal: true });
