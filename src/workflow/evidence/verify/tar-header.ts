import { latin1, textIn } from "./bytes.ts";

/** What one block of 512 bytes says: an entry, the end, or why it is neither. */
export type TarHeader =
  | { readonly kind: "entry"; readonly name: string; readonly type: string; readonly size: number }
  | { readonly kind: "zeros" }
  | { readonly kind: "broken"; readonly says: string };

/** Bytes of a block; content is filled up to whole blocks. */
export const BLOCK = 512;

/** Reads a header of the ustar or GNU form, strictly: its checksum, octal numbers only, a name in UTF-8. */
export const readTarHeader = (block: Uint8Array): TarHeader => {
  if (block.every((byte) => byte === 0)) return { kind: "zeros" };
  const broken = (says: string): TarHeader => ({ kind: "broken", says });
  const magic = latin1(block.subarray(257, 265));
  if (magic !== "ustar\u000000" && magic !== "ustar  \0") return broken("a header is of no known form");
  if (octal(block.subarray(148, 156)) !== checksum(block)) return broken("a header has a wrong checksum");
  const size = octal(block.subarray(124, 136));
  const name = field(block, 0, 100);
  const prefix = magic === "ustar  \0" ? "" : field(block, 345, 500);
  if (size === undefined) return broken("a header has no readable size");
  if (name === undefined || prefix === undefined) return broken("a header has a name that is no UTF-8");
  return {
    kind: "entry",
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: String.fromCharCode(block[156] ?? 0),
    size,
  };
};

// The sum of all bytes, its own eight counted as spaces.
const checksum = (block: Uint8Array): number =>
  block.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);

const octal = (bytes: Uint8Array): number | undefined => {
  const [, digits] = /^ *([0-7]{1,11})[ \0]*$/.exec(latin1(bytes)) ?? [];
  return digits === undefined ? undefined : Number.parseInt(digits, 8);
};

/** Text up to its first NUL; nothing may stand behind that. */
const field = (block: Uint8Array, from: number, to: number): string | undefined => {
  const bytes = block.subarray(from, to);
  const end = bytes.indexOf(0);
  if (end >= 0 && bytes.subarray(end).some((byte) => byte !== 0)) return undefined;
  return textIn(end < 0 ? bytes : bytes.subarray(0, end));
};

/** The members of a pax header, `LENGTH KEY=VALUE LF` each; undefined where one is not so, or stands twice. */
export const readPax = (bytes: Uint8Array): ReadonlyMap<string, string> | undefined => {
  const found = new Map<string, string>();
  for (let at = 0; at < bytes.length;) {
    const [, digits] = /^([1-9]\d{0,5}) /.exec(latin1(bytes.subarray(at, at + 8))) ?? [];
    const record = bytes.subarray(at, at + Number(digits ?? 0));
    const text = textIn(record);
    if (digits === undefined || text === undefined || record.length !== Number(digits) || !text.endsWith("\n"))
      return undefined;
    const equals = text.indexOf("=");
    const key = text.slice(digits.length + 1, equals);
    if (equals < 0 || found.has(key)) return undefined;
    found.set(key, text.slice(equals + 1, -1));
    at += record.length;
  }
  return found;
};
