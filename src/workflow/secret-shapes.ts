import { LIMITS } from "./limits.ts";
import type { Alphabet, SecretPattern } from "./secret-rules.ts";

/**
 * Where a secret ends whose fixed beginning stands from `start` to `body`: "none" where it is none, "open" where only
 * more text can tell. Looks at no more than the secret itself and a bounded rest.
 */
export const endOfBody = (
  { alphabet, atLeast, shape }: SecretPattern,
  text: string,
  start: number,
  body: number,
  isEnd: "end" | "more",
): number | "none" | "open" => {
  if (shape === "pem") return endOfPem(text, body, atLeast, isEnd);
  if (shape !== "any" && !beginsWord(text, start, shape === "three-parts" ? "dotted" : "word")) return "none";
  const isMember = MEMBERS[alphabet];
  const endWithin = (most: number): number => {
    const last = Math.min(text.length, body + most);
    let end = body;
    while (end < last && isMember[text.charCodeAt(end)] === 1) end += 1;
    return end;
  };
  // Told first by a few characters, so that what fails has cost only these.
  if (shape === "with-a-digit") {
    const end = endWithin(DIGIT_WITHIN);
    if (end === text.length && isEnd === "more") return "open";
    if (!/\d/.test(text.slice(body, end))) return "none";
  }
  const end = endWithin(LIMITS.secretBytesMax);
  if (end === text.length && end < body + LIMITS.secretBytesMax && isEnd === "more") return "open";
  if (end - body < atLeast) return "none";
  return fits(shape, text, body, end, atLeast) ? end : "none";
};

const fits = (shape: SecretPattern["shape"], text: string, body: number, end: number, atLeast: number): boolean => {
  switch (shape) {
    case "any":
    case "pem":
    case "with-a-digit":
      return true;
    case "whole-word":
      return end - body === atLeast && MEMBERS.word[text.charCodeAt(end)] !== 1;
    case "three-parts": {
      const [header = "", payload = "", signature = ""] = text.slice(body, end).split(".");
      return header.length >= PART_MIN && payload.length >= PART_MIN && signature.length >= PART_MIN;
    }
  }
};

const DIGIT_WITHIN = 64;
const PART_MIN = 8;

/** Armour: white space or headers, then base64 up to the line that closes it, or as far as it goes. */
const endOfPem = (text: string, body: number, atLeast: number, isEnd: "end" | "more"): number | "none" | "open" => {
  const last = Math.min(text.length, body + LIMITS.secretBytesMax);
  const first = text.slice(body, body + HEAD);
  const isArmour =
    /(?:Proc-Type|Version|Comment): /.test(first) || longestRun(first, MEMBERS.base64) >= Math.min(atLeast, HEAD);
  if (!isArmour) return body + HEAD > text.length && isEnd === "more" ? "open" : "none";
  let end = body;
  while (end < last && MEMBERS.armour[text.charCodeAt(end)] === 1) end += 1;
  const armour = text.slice(body, end);
  const closing = armour.indexOf(CLOSING);
  const dashes = closing === -1 ? -1 : armour.indexOf("-----", closing + CLOSING.length);
  if (dashes !== -1) return body + dashes + 5;
  return end === text.length && end < body + LIMITS.secretBytesMax && isEnd === "more" ? "open" : end;
};

const CLOSING = "-----END ";
const HEAD = 128;

const longestRun = (text: string, members: Uint8Array): number => {
  let longest = 0;
  let run = 0;
  for (let at = 0; at < text.length; at += 1) {
    run = members[text.charCodeAt(at)] === 1 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
};

// In text that was escaped for JSON a word may follow the letter of an escape.
const beginsWord = (text: string, start: number, within: "word" | "dotted"): boolean => {
  if (start === 0 || MEMBERS[within][text.charCodeAt(start - 1)] !== 1) return true;
  return /\\(?:[nrtbf]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})$/.test(text.slice(Math.max(0, start - ESCAPE_MAX), start));
};

const ESCAPE_MAX = 6;

/** How many characters before new text may tell whether a word begins there. */
export const BEFORE_MAX: number = ESCAPE_MAX;

const members = (characters: string): Uint8Array => {
  const table = new Uint8Array(128);
  for (const character of characters) table[character.charCodeAt(0)] = 1;
  return table;
};

const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGITS = "0123456789";
const LETTERS = `${CAPITALS}${CAPITALS.toLowerCase()}${DIGITS}`;

const MEMBERS: Readonly<Record<Alphabet | "base64" | "armour", Uint8Array>> = {
  "digits-and-capitals": members(`${CAPITALS}${DIGITS}`),
  letters: members(LETTERS),
  word: members(`${LETTERS}_`),
  dashed: members(`${LETTERS}_-`),
  dotted: members(`${LETTERS}_-.`),
  base64: members(`${LETTERS}+/=`),
  armour: members(`${LETTERS}+/=\\ \r\n\t:,-`),
};
