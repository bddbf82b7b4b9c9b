import type { Json } from "./digest.ts";

/** The value as plain JSON data: interfaces lose their names, undefined members vanish. */
export const asJson = (value: unknown): Json => {
  if (value === null || typeof value === "boolean" || typeof value === "number" || typeof value === "string")
    return value;
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object") throw new TypeError(`JSON has no ${typeof value}`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [key, asJson(member)]),
  );
};
