import type { Json } from "./digest.ts";

/** A recorded value as words: texts, numbers and booleans as they are, nothing for what is absent, JSON for the rest. */
export const jsonText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
};
