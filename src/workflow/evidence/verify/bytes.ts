export const hex = (bytes: Uint8Array): string => {
  let text = "";
  for (const byte of bytes) text += HEX[byte] ?? "";
  return text;
};

const HEX: readonly string[] = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Whether a text is exactly these bytes in lower-case hex. */
export const isHexOf = (text: string, bytes: Uint8Array): boolean =>
  text.length === 2 * bytes.length && bytes.every((byte, at) => text.startsWith(HEX[byte] ?? "", 2 * at));

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The text, or undefined where the bytes are no UTF-8 or begin with a byte order mark. */
export const textIn = (bytes: Uint8Array): string | undefined => {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.startsWith("\uFEFF") ? undefined : text;
  } catch {
    return undefined;
  }
};

/** One character for each byte. Names and headers of git are compared so, whatever their encoding is. */
export const latin1 = (bytes: Uint8Array): string => {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};

export const fromLatin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

export const joined = (...parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at]);

/** Canonical base64 only: no white space, right padding, no spare bits. */
export const base64Bytes = (text: string): Uint8Array | undefined => {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let held = 0;
  for (const letter of text.replace(/=+$/, "")) {
    held = held * 64 + BASE64.indexOf(letter);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push(Math.floor(held / 2 ** bits));
    held %= 2 ** bits;
  }
  return held === 0 && bits < 6 ? Uint8Array.from(bytes) : undefined;
};

/** Base64 without padding, as fingerprints are written. */
export const unpaddedBase64 = (bytes: Uint8Array): string => {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = held * 256 + byte;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      text += BASE64.charAt(Math.floor(held / 2 ** bits));
      held %= 2 ** bits;
    }
  }
  return bits === 0 ? text : text + BASE64.charAt(held * 2 ** (6 - bits));
};

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
