import type { Json } from "../digest.ts";

/**
 * A line of JSON with the texts in it redacted, read as what they say: an escaped character hides nothing. Bytes outside
 * of what is replaced stay as they came. A number that is a secret becomes a text.
 */
export const redactJsonLine = (line: string, redact: (text: string) => string): string =>
  line.replaceAll(TOKEN, (token) => {
    if (!token.startsWith('"')) {
      const number = redact(token);
      return number === token ? token : JSON.stringify(number);
    }
    const text = textOf(token);
    const made = redact(text);
    return made === text ? token : JSON.stringify(made);
  });

// A string or a number; no part can be read in two ways, so it takes one pass.
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

const textOf = (token: string): string => {
  const read: unknown = JSON.parse(token);
  if (typeof read !== "string") throw new TypeError("a JSON text in quotes is a text");
  return read;
};

/** Every text in a value, keys too. */
export const redactJson = (value: Json | undefined, redact: (text: string) => string): Json | undefined => {
  if (typeof value === "string") return redact(value);
  if (typeof value !== "object" || value === null) return value;
  if (isList(value)) return value.map((member) => redactJson(member, redact) ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [redact(key), redactJson(member, redact)]));
};

const isList = (value: object): value is readonly Json[] => Array.isArray(value);
