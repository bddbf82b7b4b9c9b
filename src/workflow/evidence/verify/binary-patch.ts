import { joined } from "./bytes.ts";
import { PatchProblem } from "./patch-parse.ts";
import type { VerifyTools } from "./tools.ts";

const CONTENT_BYTES_MAX = 268_435_456;

/** The bytes of git's base85 lines, inflated; they must be exactly as many as the patch says. */
export const binaryContent = async (
  tools: VerifyTools,
  lines: readonly string[],
  size: number,
): Promise<Uint8Array> => {
  if (size > CONTENT_BYTES_MAX) throw new PatchProblem("a binary part is too large");
  const bytes = await tools.inflate(joined(...lines.map(decodeLine)), size + 1);
  if (bytes?.length !== size) throw new PatchProblem("a binary part does not inflate to its size");
  return bytes;
};

/** Git's delta: two sizes, then copies out of the old bytes and new bytes in between. `spend` hears of all it will make. */
export const applyDelta = (old: Uint8Array, delta: Uint8Array, spend: (bytes: number) => void): Uint8Array => {
  let at = 0;
  const next = (): number => {
    const byte = delta[at];
    if (byte === undefined) throw new PatchProblem("a delta is cut short");
    at += 1;
    return byte;
  };
  const size = (): number => {
    let [value, scale, byte] = [0, 1, 128];
    while (byte >= 128) {
      byte = next();
      value += (byte % 128) * scale;
      scale *= 128;
    }
    return value;
  };
  if (size() !== old.length) throw new PatchProblem("a delta belongs to other bytes");
  const wanted = size();
  if (wanted > CONTENT_BYTES_MAX) throw new PatchProblem("a delta makes too much");
  spend(wanted);
  const made = new Uint8Array(wanted);
  let filled = 0;
  const put = (part: Uint8Array): void => {
    if (filled + part.length > wanted) throw new PatchProblem("a delta makes too much");
    made.set(part, filled);
    filled += part.length;
  };
  while (at < delta.length) {
    const command = next();
    if (command >= 128) {
      const number = (bits: readonly number[]): number =>
        bits.reduce((sum, bit, place) => sum + (hasBit(command, bit) ? next() * 256 ** place : 0), 0);
      const from = number([0, 1, 2, 3]);
      const length = number([4, 5, 6]);
      const part = old.subarray(from, from + (length === 0 ? 65_536 : length));
      if (part.length !== (length === 0 ? 65_536 : length)) throw new PatchProblem("a delta copies what is not there");
      put(part);
    } else {
      if (command === 0 || at + command > delta.length) throw new PatchProblem("a delta has an unknown command");
      put(delta.subarray(at, at + command));
      at += command;
    }
  }
  if (filled !== wanted) throw new PatchProblem("a delta makes too little");
  return made;
};

const hasBit = (byte: number, bit: number): boolean => Math.floor(byte / 2 ** bit) % 2 === 1;

/** A line: a letter for the number of bytes (A-Z 1 to 26, a-z 27 to 52), then five letters for four bytes. */
const decodeLine = (line: string): Uint8Array => {
  const sign = line.charCodeAt(0);
  const length = sign >= 97 ? sign - 96 + 26 : sign - 64;
  if (!/^[A-Za-z]/.test(line) || line.length !== 1 + Math.ceil(length / 4) * 5)
    throw new PatchProblem("a binary line has a wrong length");
  const bytes: number[] = [];
  for (let at = 1; at < line.length; at += 5) {
    const value = Array.from(line.slice(at, at + 5)).reduce((sum, letter) => sum * 85 + digit(letter), 0);
    if (value >= 2 ** 32) throw new PatchProblem("a binary line is no base85");
    for (const place of [3, 2, 1, 0]) bytes.push(Math.floor(value / 256 ** place) % 256);
  }
  return Uint8Array.from(bytes.slice(0, length));
};

const digit = (letter: string): number => {
  const value = BASE85.indexOf(letter);
  if (value < 0) throw new PatchProblem("a binary line is no base85");
  return value;
};

const BASE85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
