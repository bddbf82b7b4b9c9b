import type { Json } from "../digest.ts";

// Messages of agents are read field by field: what is missing or has another form counts as absent, never as an error.

/** The member at a path of names, own properties only. */
export const at = (value: unknown, ...names: readonly string[]): unknown =>
  names.reduce<unknown>(
    (inner, name) => (isRecord(inner) && Object.hasOwn(inner, name) ? inner[name] : undefined),
    value,
  );

export const textAt = (value: unknown, ...names: readonly string[]): string | undefined => {
  const found = at(value, ...names);
  return typeof found === "string" ? found : undefined;
};

export const numberAt = (value: unknown, ...names: readonly string[]): number | undefined => {
  const found = at(value, ...names);
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
};

export const listAt = (value: unknown, ...names: readonly string[]): readonly unknown[] => {
  const found: unknown = at(value, ...names);
  return Array.isArray(found) ? found : [];
};

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Parsed JSON as every surface can hold it: well-formed text and finite numbers only. */
export const plainJson = (value: unknown): Json => {
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "string") return value.toWellFormed();
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (Array.isArray(value)) return value.map(plainJson);
  if (!isRecord(value)) return null;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toWellFormed(), plainJson(member)]));
};

/** JSON for an event: itself, or the beginning of its text where it is longer. */
export const cutJson = (value: Json, bytesMax: number): Json => {
  const text = JSON.stringify(value);
  const bytes = new TextEncoder().encode(text);
  return bytes.length <= bytesMax
    ? value
    : { cut: new TextDecoder().decode(bytes.subarray(0, bytesMax)), bytes: bytes.length };
};

/** How deep the brackets of a JSON text go. Read before parsing: what is nested too deeply is not parsed at all. */
export const nestingOf = (text: string): number => {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const char = text.charCodeAt(index);
    if (inString) {
      if (char === BACKSLASH) index += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) inString = true;
    else if (char === BRACKET || char === BRACE) deepest = Math.max(deepest, (depth += 1));
    else if (char === BRACKET + 2 || char === BRACE + 2) depth -= 1;
  }
  return deepest;
};

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACKET = 0x5b;
const BRACE = 0x7b;
