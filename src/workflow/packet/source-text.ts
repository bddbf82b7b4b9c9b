import { LIMITS } from "../limits.ts";
import { refusal, type Place, type Refusal } from "../refusal.ts";
import { ok, refuse, type Result } from "../result.ts";
import { hiddenCharacters } from "./hidden-characters.ts";
import { placeWithin, type Line } from "./line.ts";
import type { SourceDocument } from "./packet.ts";

/** A document as lines, and what is wrong with its characters; its lines can be read nevertheless, to find all faults. */
interface SourceText {
  readonly lines: readonly Line[];
  readonly objections: readonly Refusal[];
}

/** Bytes -> lines, or the refusal of what is no text at all. */
export const textOf = (source: SourceDocument): Result<SourceText, Refusal> => {
  const { bytes, path } = source;
  const start: Place = { file: path, line: 1, column: 1 };
  if (bytes.length > LIMITS.packetBytesMax) {
    return refuse(refusal("packet/too-large", { bytes: bytes.length, max: LIMITS.packetBytesMax }, start));
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) return refuse(refusal("packet/nul-byte", {}, placeOfByte(source, nul)));

  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const wrong = firstDifference(bytes, new TextEncoder().encode(text));
  if (wrong !== undefined) return refuse(refusal("packet/not-utf8", { byte: wrong + 1 }, placeOfByte(source, wrong)));

  const lines = linesOf(text, path);
  if (lines.length > LIMITS.packetLinesMax) {
    return refuse(refusal("packet/too-many-lines", { lines: lines.length, max: LIMITS.packetLinesMax }, start));
  }
  const objections = [...carriageReturn(lines), ...lines.flatMap(hiddenCharacters)];
  return ok({ lines: lines.map(withoutReturn), objections });
};

const linesOf = (text: string, file: string): readonly Line[] => {
  const texts = text.split("\n");
  if (texts.at(-1) === "") texts.pop();
  return texts.map((line, index) => ({ text: line, at: { file, line: index + 1, column: 1 } }));
};

const withoutReturn = ({ text, at }: Line): Line => ({ text: text.replace(/\r$/, ""), at });

// Line ends of another system are one fault of the whole document, not one of each line.
const carriageReturn = (lines: readonly Line[]): readonly Refusal[] => {
  const line = lines.find(({ text }) => text.endsWith("\r"));
  if (line === undefined) return [];
  const what = "a carriage return; lines end in a line feed alone";
  const at = placeWithin(line.at, line.text, line.text.length - 1);
  return [refusal("packet/invisible-characters", { codePoint: "U+000D", what }, at)];
};

const firstDifference = (a: Uint8Array, b: Uint8Array): number | undefined => {
  const at = a.findIndex((byte, index) => byte !== b[index]);
  return at < 0 ? undefined : at;
};

const placeOfByte = ({ bytes, path }: SourceDocument, index: number): Place => {
  const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, index)).split("\n");
  return { file: path, line: before.length, column: Array.from(before.at(-1) ?? "").length + 1 };
};
