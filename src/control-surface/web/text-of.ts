/** A value of JSON on one line; a text as it is. */
export const textOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
