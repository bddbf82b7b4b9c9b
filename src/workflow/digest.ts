import { hash } from "node:crypto";

import type { Json } from "./json.ts";

export type { Json } from "./json.ts";

declare const brand: unique symbol;

/** SHA-256 in 64 lower-case hex digits. Only `digestOf` and `parseDigest` make one. */
export type Digest = string & { readonly [brand]: "Digest" };

export const digestOf = (bytes: Uint8Array | string): Digest =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a Digest is made
  hash("sha256", bytes, "hex") as Digest;

/** A digest that was written down somewhere, or undefined if the text is none. */
export const parseDigest = (text: string): Digest | undefined =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the one place a written Digest is read
  /^[0-9a-f]{64}$/.test(text) ? (text as Digest) : undefined;

/** Whether something that `JSON.parse` gave is an object. */
export const isJsonObject = (value: unknown): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** RFC 8785: keys sorted by UTF-16 unit, no white space, numbers as ECMAScript writes them. What JSON cannot hold is a bug. */
export const canonicalJson = (value: unknown): string => {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") return canonicalNumber(value);
  if (typeof value === "string") return canonicalString(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object") throw new TypeError(`JSON has no ${typeof value}`);
  let members = "";
  for (const [key, member] of Object.entries(value).sort(byKey))
    if (member !== undefined) members += `${members === "" ? "" : ","}${canonicalString(key)}:${canonicalJson(member)}`;
  return `{${members}}`;
};

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

const canonicalNumber = (value: number): string => {
  if (!Number.isFinite(value)) throw new TypeError("JSON has no such number");
  return JSON.stringify(value);
};

const canonicalString = (text: string): string => {
  if (!text.isWellFormed()) throw new TypeError("a lone surrogate has no canonical form");
  return JSON.stringify(text);
};
