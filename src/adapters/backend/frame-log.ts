import type { Room } from "../../seams/backend.ts";
import type { BackendEvent } from "../../workflow/backend/backend-events.ts";
import { MESSAGE_NESTING_MAX, redactFact, type Frame, type OwnFact } from "../../workflow/backend/frame.ts";
import { nestingOf, plainJson } from "../../workflow/backend/loose.ts";
import { partOfMessage } from "../../workflow/backend/message-chunk.ts";
import type { Json } from "../../workflow/digest.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { openUndecided, received, type Written } from "./undecided.ts";

/** What reads the log while it grows. */
export interface FrameStory {
  next(frame: Frame, line: number): readonly BackendEvent[];
  end(line: number): readonly BackendEvent[];
}

/** `backend/frames.jsonl`: every line loses its secrets, is kept before it is understood, and told as it is understood. */
export interface FrameLog {
  /** A line as it came. Answers its JSON, or undefined where there is none. */
  incoming(line: Uint8Array): Json | undefined;
  outgoing(message: unknown): void;
  readonly own: (fact: OwnFact) => void;
  /** Whatever waits to be decided is told: before somebody counts what the agent said. */
  settle(): void;
  end(): void;
  /** Milliseconds since the last line. */
  quietMs(): number;
}

export const openFrameLog = (room: Room, story: FrameStory, onLimit: (limit: string) => void): FrameLog => {
  let lines = 0;
  let bytes = 0;
  let last = performance.now();
  let isFull = false;

  const write = ({ text, frame }: Written): void => {
    if (isFull) return;
    const kept = Buffer.from(`${text}\n`);
    if (lines + 1 > LIMITS.framesMax || bytes + kept.length > LIMITS.framesBytesMax) {
      isFull = true;
      onLimit(lines + 1 > LIMITS.framesMax ? "backend frames" : "backend frame bytes");
      return;
    }
    lines += 1;
    bytes += kept.length;
    room.frames.keep(kept);
    for (const event of story.next(frame, lines)) room.tell(event);
  };
  const undecided = openUndecided(room.frames, write);
  const keep = (text: string, frame: Frame): void => {
    last = performance.now();
    undecided.add({ text, frame });
  };

  const raw = (line: Uint8Array): void => {
    // Redacted before it is cut, so that no half of a secret is left.
    const text = redactedBegin(room, line);
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
      // The agent's own text goes into the log, so that no reading of ours can change a byte of it, but for its secrets.
      const part = partOfMessage({ t, dir: "in", frame: read.json });
      last = performance.now();
      if (part.kind === "piece") undecided.piece({ t, ...read, role: part.role, said: part.text });
      else {
        const text = room.frames.line(read.text);
        undecided.add(received(t, text, text === read.text ? read.json : plainJson(JSON.parse(text))));
      }
      return read.json;
    },
    outgoing: (message) => {
      const text = room.frames.line(JSON.stringify(plainJson(message)));
      const frame = { t: room.now(), dir: "out", frame: plainJson(JSON.parse(text)) } as const;
      keep(JSON.stringify(frame), frame);
    },
    own: (fact) => {
      const frame = { t: room.now(), dir: "own", frame: redactFact(fact, (text) => room.frames.text(text)) } as const;
      keep(JSON.stringify(frame), frame);
    },
    settle: () => undecided.end(),
    end: () => {
      undecided.end();
      for (const event of story.end(lines)) room.tell(event);
    },
    quietMs: () => performance.now() - last,
  };
};

const readLine = (line: Uint8Array): { readonly text: string; readonly json: Json } | undefined => {
  try {
    const whole = decoder.decode(line);
    if (nestingOf(whole) > MESSAGE_NESTING_MAX) return undefined;
    const json = plainJson(JSON.parse(whole));
    // Only now: what `trim` takes for space is more than what JSON does, a byte order mark for one.
    return { text: whole.trim(), json };
  } catch {
    // Not UTF-8 or not JSON: both are kept as raw lines.
    return undefined;
  }
};

// Of a line that is read in part, whatever could go on to be a secret stays with the part that is not.
const redactedBegin = ({ frames }: Room, line: Uint8Array): string =>
  line.length <= RAW_READ_BYTES_MAX
    ? frames.text(Buffer.from(line).toString("utf8"))
    : frames.open().push(new TextDecoder().decode(line.subarray(0, RAW_READ_BYTES_MAX), { stream: true }));

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const RAW_READ_BYTES_MAX = 65_536;
