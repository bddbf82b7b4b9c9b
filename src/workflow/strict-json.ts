import type { z } from "zod";

import { ok, refuse, type Result } from "./result.ts";

/** JSON that everybody reads alike: UTF-8, no BOM, no key twice, nothing after the value, and exactly the schema. */
export const readStrictJson = <T>(bytes: Uint8Array, bytesMax: number, schema: z.ZodType<T>): Result<T, string> => {
  const value = parseStrictJson(bytes, bytesMax);
  if (!value.ok) return value;
  const read = schema.safeParse(value.value);
  return read.success ? ok(read.data) : refuse(problemIn(read.error));
};

export const parseStrictJson = (bytes: Uint8Array, bytesMax: number): Result<unknown, string> => {
  if (bytes.length > bytesMax) return refuse(`it is longer than ${bytesMax} bytes`);
  const text = utf8Text(bytes);
  if (text === undefined) return refuse("it is not UTF-8");
  if (text.startsWith("\u{feff}")) return refuse("it starts with a byte order mark");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse("it is not JSON");
  }
  const problem = ambiguityIn(text);
  return problem === undefined ? ok(value) : refuse(problem);
};

/** The text of well-formed UTF-8 with a BOM kept, or undefined. */
export const utf8Text = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

/** The first thing a schema objects to, as one clause without a full stop. */
export const problemIn = (error: z.ZodError): string => {
  const [issue] = error.issues;
  if (issue === undefined) return "it does not fit its schema";
  const place = issue.path.map(String).join(".");
  return place === "" ? issue.message : `${place}: ${issue.message}`;
};

const DEPTH_MAX = 64;

// What JSON.parse accepts in silence: a key twice (the last one wins), `__proto__`, a lone surrogate, a number too
// large. The text is known to be JSON here, so a walk over its strings, numbers and brackets is enough. It is done by
// hand: a pattern that repeats keeps a place to go back to for each character, and a long text uses them up.
const ambiguityIn = (text: string): string | undefined => {
  const around: (Set<string> | "array")[] = [];
  let at = 0;
  while (at < text.length) {
    const start = at;
    const first = text.charCodeAt(at);
    at += 1;
    let problem: string | undefined;
    if (first === BRACE || first === BRACKET) around.push(first === BRACE ? new Set() : "array");
    else if (first === BRACE_END || first === BRACKET_END) around.pop();
    else if (first === QUOTE) {
      at = endOfString(text, at);
      const keys = isBeforeColon(text, at) ? around.at(-1) : "array";
      problem = ambiguousString(text.slice(start, at), keys);
    } else if (isOfNumber(first)) {
      while (isOfNumber(text.charCodeAt(at))) at += 1;
      problem = ambiguousNumber(text.slice(start, at));
    }
    if (around.length > DEPTH_MAX) return `it is nested deeper than ${DEPTH_MAX}`;
    if (problem !== undefined) return problem;
  }
  return undefined;
};

const BRACE = 0x7b;
const BRACE_END = 0x7d;
const BRACKET = 0x5b;
const BRACKET_END = 0x5d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const endOfString = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at + 1;
};

const isBeforeColon = (text: string, from: number): boolean => {
  let at = from;
  while (" \t\r\n".includes(text.charAt(at)) && at < text.length) at += 1;
  return text.charAt(at) === ":";
};

// Digits, and what stands between them; the letters of true, false and null are passed over on their way.
const isOfNumber = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || code === 0x2d || code === 0x2b || code === 0x2e || code === 0x65 || code === 0x45;

const ambiguousString = (token: string, keys: Set<string> | "array" | undefined): string | undefined => {
  const isPlain = !token.includes("\\");
  if (isPlain && !(keys instanceof Set)) return undefined;
  const value = isPlain ? token.slice(1, -1) : String(JSON.parse(token));
  if (!value.isWellFormed()) return "it holds half a character";
  if (!(keys instanceof Set)) return undefined;
  if (value === "__proto__") return "it holds the key __proto__";
  if (keys.has(value)) return `it holds the key ${JSON.stringify(value)} twice`;
  keys.add(value);
  return undefined;
};

const ambiguousNumber = (token: string): string | undefined =>
  Number.isFinite(Number(token)) || !/^-?\d/.test(token) ? undefined : "it holds a number that is too large";
