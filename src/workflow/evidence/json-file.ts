import { asJson } from "../as-json.ts";

/** JSON as the bundle's files hold it: two spaces, members in the order they were built in, one final line feed. */
export const jsonFile = (value: unknown): string => `${JSON.stringify(asJson(value), null, 2)}\n`;
