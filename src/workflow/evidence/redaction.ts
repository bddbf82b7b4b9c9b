import type { SecretScanner } from "../secret-scan.ts";
import { BEFORE_MAX } from "../secret-shapes.ts";

/** Gives a found secret its mark, the same for the same bytes: the name in `[redacted:<mark>]`. */
type Marking = (rule: string, original: Uint8Array) => string;

/** How texts are searched and marked. Nothing that is replaced can be had back from what is made. */
export interface Redaction {
  readonly scanner: SecretScanner;
  readonly mark: Marking;
  /** Whether a mark in a text is one of ours; everybody can write one. */
  readonly isOwnMark: (mark: string) => boolean;
}

/** Who wrote a text: an outsider's marks are replaced too, so that none stands for a secret that was none. */
type Written = "outside" | "inside";
/** Whether a text is Unicode, or bytes as one character each. */
type Units = "text" | "bytes";

/** The literal beginning of a mark, looked for under this name. */
export const MARK_BEGIN = "[redacted:";
export const MARK_RULE = "marker";

const markText = (mark: string): string => `${MARK_BEGIN}${mark}]`;

/** A whole text with every secret replaced. */
export const redactText = (redaction: Redaction, text: string, written: Written, units: Units = "text"): string =>
  redaction.scanner.mayHold(text) ? redactPart(redaction, { text, from: 0, isEnd: "end", written, units }).text : text;

/** A text that comes in pieces: what may be the beginning of a secret waits for the next one. */
export interface RedactedStream {
  push(piece: string): string;
  end(): string;
  isWaiting(): boolean;
}

export const redactStream = (redaction: Redaction, written: Written, units: Units): RedactedStream => {
  let before = "";
  let held = "";
  const take = (piece: string, isEnd: "end" | "more"): string => {
    const text = `${before}${held}${piece}`;
    const part = redactPart(redaction, { text, from: before.length, isEnd, written, units });
    held = text.slice(part.settled);
    before = text.slice(Math.max(0, part.settled - BEFORE_MAX), part.settled);
    return part.text;
  };
  return { push: (piece) => take(piece, "more"), end: () => take("", "end"), isWaiting: () => held !== "" };
};

interface Part {
  readonly text: string;
  readonly from: number;
  readonly isEnd: "end" | "more";
  readonly written: Written;
  readonly units: Units;
}

const redactPart = (
  { scanner, mark, isOwnMark }: Redaction,
  { text, from, isEnd, written, units }: Part,
): { readonly text: string; readonly settled: number } => {
  const { found, settled } = scanner.scan(text, from, isEnd);
  let made = "";
  let at = from;
  for (const { from: start, to, rule } of found) {
    const own = rule === MARK_RULE && written === "inside" ? MARK.exec(text.slice(start, start + MARK_MAX)) : null;
    if (own !== null && isOwnMark(own[1] ?? "")) continue;
    const original = Buffer.from(text.slice(start, to), units === "bytes" ? "latin1" : "utf8");
    made += `${text.slice(at, start)}${markText(mark(rule, original))}`;
    at = to;
  }
  return { text: `${made}${text.slice(at, settled)}`, settled };
};

const MARK = /^\[redacted:([A-Za-z0-9_.:/#-]{1,200})\]/;
const MARK_MAX = 220;
