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
// large. The text is known to be JSON here, so a walk over its strings and brackets is enough.
const ambiguityIn = (text: string): string | undefined => {
  const objects: (Set<string> | "array")[] = [];
  for (const [token, string, colon] of text.matchAll(/("(?:[^"\\]|\\.)*")([ \t\r\n]*:)?|[{}[\]]|-?\d[\d.eE+-]*/g)) {
    if (token === "{" || token === "[") objects.push(token === "{" ? new Set() : "array");
    else if (token === "}" || token === "]") objects.pop();
    else {
      const keys = colon === undefined ? "array" : objects.at(-1);
      const problem = string === undefined ? ambiguousNumber(token) : ambiguousString(string, keys);
      if (problem !== undefined) return problem;
    }
    if (objects.length > DEPTH_MAX) return `it is nested deeper than ${DEPTH_MAX}`;
  }
  return undefined;
};

const ambiguousString = (token: string, keys: Set<string> | "array" | undefined): string | undefined => {
  const value = String(JSON.parse(token));
  if (!value.isWellFormed()) return "it holds half a character";
  if (!(keys instanceof Set)) return undefined;
  if (value === "__proto__") return "it holds the key __proto__";
  if (keys.has(value)) return `it holds the key ${JSON.stringify(value)} twice`;
  keys.add(value);
  return undefined;
};

const ambiguousNumber = (token: string): string | undefined =>
  Number.isFinite(Number(token)) ? undefined : "it holds a number that is too large";
