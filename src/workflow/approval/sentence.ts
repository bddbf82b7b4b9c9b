import { LIMITS } from "../limits.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { utf8Text } from "../strict-json.ts";

/** The one line ending that was removed: a shell or a text box adds it, anything more was said by the owner. */
export type Terminator = "none" | "LF" | "CRLF";

export const TERMINATORS: Readonly<Record<Terminator, string>> = { none: "", LF: "\n", CRLF: "\r\n" };

/** Consent is exact or it is nothing: no trim, no normalisation, no case folding (R044). */
export const requiredSentenceMatch = (
  expected: string,
  received: Uint8Array,
): Result<{ readonly terminator: Terminator }, Refusal> => {
  const wanted = Buffer.from(expected, "utf8");
  const bytes = Buffer.from(received.buffer, received.byteOffset, received.byteLength);
  const terminator = terminatorOf(bytes);
  const said = bytes.subarray(0, bytes.length - TERMINATORS[terminator].length);
  if (bytes.length <= LIMITS.sentenceBytesMax && said.equals(wanted)) return ok({ terminator });

  const at = firstDifference(said, wanted);
  return refuse(refusal("approval/not-exact", { at: at + 1, expected: plainly(wanted, at), got: wordFor(said, at) }));
};

const terminatorOf = (bytes: Buffer): Terminator => {
  if (bytes.at(-1) !== 0x0a) return "none";
  return bytes.at(-2) === 0x0d ? "CRLF" : "LF";
};

const firstDifference = (said: Buffer, wanted: Buffer): number => {
  let at = 0;
  while (at < wanted.length && at < said.length && said[at] === wanted[at]) at += 1;
  return at;
};

// The required sentence is printable ASCII by the rules of the packet.
const plainly = (wanted: Buffer, at: number): string =>
  at < wanted.length ? `"${wanted.toString("latin1", at, at + 1)}"` : "the end";

// Nothing received is shown as it is, unless everybody sees the same: `"i" (U+0069)`, but `U+202E` alone.
const wordFor = (bytes: Buffer, at: number): string => {
  if (at >= bytes.length) return "the end";
  const character = characterAt(bytes, at);
  if (character === undefined) return `the byte 0x${(bytes[at] ?? 0).toString(16).toUpperCase().padStart(2, "0")}`;
  const code = `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[ -~]$/.test(character) ? `"${character}" (${code})` : code;
};

const characterAt = (bytes: Buffer, at: number): string | undefined =>
  [1, 2, 3, 4].map((length) => utf8Text(bytes.subarray(at, at + length))).find((text) => text !== undefined);
