import type { FrameSink } from "../../seams/backend.ts";
import type { Frame } from "../../workflow/backend/frame.ts";
import { plainJson } from "../../workflow/backend/loose.ts";
import { partOfMessage, withText } from "../../workflow/backend/message-chunk.ts";
import type { Json } from "../../workflow/digest.ts";
import type { RedactedStream } from "../../workflow/evidence/redaction.ts";
import { LIMITS } from "../../workflow/limits.ts";

/** A frame and the line that it stands in. */
export interface Written {
  readonly text: string;
  readonly frame: Frame;
}

/** A piece of a message as it came, nothing redacted yet. */
interface Piece {
  readonly t: number;
  readonly text: string;
  readonly json: Json;
  readonly role: string;
  readonly said: string;
}

/**
 * Frames in their order, each message redacted as what its pieces say together. While the end of a piece may be the
 * beginning of a secret, its frame waits for the next piece, and what comes between waits behind it; not for long.
 */
export interface Undecided {
  /** A frame without secrets. */
  add(line: Written): void;
  piece(piece: Piece): void;
  /** No more is said: whatever waits is what it looks like. */
  end(): void;
}

export const openUndecided = (sink: Pick<FrameSink, "open" | "line">, write: (line: Written) => void): Undecided => {
  let message: { readonly role: string; readonly stream: RedactedStream } | undefined;
  let waiting: Written[] = [];
  let bytes = 0;

  const release = (): void => {
    const released = waiting;
    waiting = [];
    bytes = 0;
    released.forEach(write);
  };
  /** The last piece gets what was held back of it: as it is, or not at all where the end is not known. */
  const close = (rest: string): void => {
    const [piece, ...others] = waiting;
    if (piece !== undefined && rest !== "") {
      const part = partOfMessage(piece.frame);
      const said = `${part.kind === "piece" ? part.text : ""}${rest}`;
      waiting = [lineOf(piece.frame.t, withText(jsonOf(piece.frame), said)), ...others];
    }
    message = undefined;
    release();
  };
  const wait = (line: Written): void => {
    waiting.push(line);
    bytes += line.text.length;
  };
  return {
    piece: ({ t, text, json, role, said }) => {
      if (message !== undefined && message.role !== role) close(message.stream.end());
      message ??= { role, stream: sink.open() };
      const shown = message.stream.push(said);
      release();
      // As it came, every byte, where there is nothing to hide in it.
      if (shown === said && sink.line(text) === text) wait(received(t, text, json));
      else wait(lineOf(t, withText(plainJson(JSON.parse(sink.line(JSON.stringify(withText(json, ""))))), shown)));
      if (!message.stream.isWaiting()) release();
    },
    add: (line) => {
      const part = partOfMessage(line.frame);
      if (part.kind === "end" && message !== undefined) close(message.stream.end());
      if (waiting.length === 0) {
        write(line);
        return;
      }
      wait(line);
      // Whoever lets everybody wait for the end of a word has it taken for a secret.
      if (waiting.length > LIMITS.framesHeldMax || bytes > LIMITS.framesHeldBytesMax) close(CUT);
    },
    end: () => {
      if (message !== undefined) close(message.stream.end());
    },
  };
};

const CUT = "(cut: it began like a secret, and its end did not come)";

/** The line of a message that came, in its own words. */
export const received = (t: number, text: string, json: Json): Written => ({
  text: `{"t":${t},"dir":"in","frame":${text}}`,
  frame: { t, dir: "in", frame: json },
});

const lineOf = (t: number, json: Json): Written => received(t, JSON.stringify(json), json);

const jsonOf = (frame: Frame): Json => ("raw" in frame || frame.dir === "own" ? null : frame.frame);
