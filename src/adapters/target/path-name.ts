/** A name as text. Bytes that are not UTF-8 are written `\xNN`; then a backslash is too, so that no two names look alike. */
export interface PathName {
  readonly path: string;
  readonly utf8: boolean;
}

export const pathName = (raw: Uint8Array): PathName => {
  try {
    return { path: strict.decode(raw), utf8: true };
  } catch {
    return { path: escapeBadBytes(raw), utf8: false };
  }
};

/** The bytes of a name that `pathName` wrote. */
export const rawName = ({ path, utf8 }: PathName): Buffer =>
  utf8
    ? Buffer.from(path)
    : Buffer.concat(
        path
          .split(/(\\x[0-9a-f]{2})/)
          .map((part) =>
            /^\\x[0-9a-f]{2}$/.test(part) ? Buffer.from([Number.parseInt(part.slice(2), 16)]) : Buffer.from(part),
          ),
      );

/** The bytes of a name as latin1: a key whose order and equality are those of the bytes. */
export const nameKey = (name: PathName): string => rawName(name).toString("latin1");

/** A name that may be hostile, on one line of plain characters. */
export const shown = (text: string): string =>
  text.replaceAll(/[\\\p{C}\p{Z}]/gu, (char) =>
    char === " " ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`,
  );

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const escapeBadBytes = (raw: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < raw.length;) {
    const length = sequenceAt(raw, at);
    const byte = raw[at] ?? 0;
    if (length === 0 || byte === 0x5c) text += `\\x${byte.toString(16).padStart(2, "0")}`;
    else text += strict.decode(raw.subarray(at, at + length));
    at += Math.max(length, 1);
  }
  return text;
};

/** Bytes of the UTF-8 character that begins here, 0 if none does. */
const sequenceAt = (raw: Uint8Array, at: number): number => {
  for (const length of [1, 2, 3, 4]) {
    if (at + length > raw.length) return 0;
    try {
      strict.decode(raw.subarray(at, at + length));
      return length;
    } catch {
      // Not complete with this length: the next one decides.
    }
  }
  return 0;
};
