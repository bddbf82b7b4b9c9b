/** A file as a reader gets it: lines of text, or that it is none. */
export type FileText =
  | { readonly kind: "text"; readonly lines: readonly string[]; readonly json: readonly string[] | undefined }
  | { readonly kind: "binary"; readonly rows: readonly string[] };

/** Larger JSON is not set out: the copy would say nothing that its lines do not. */
const JSON_BYTES_MAX = 2_000_000;
const BYTES_SHOWN = 1024;

export const fileTextOf = (bytes: Uint8Array): FileText => {
  const text = textIn(bytes);
  if (text === undefined) return { kind: "binary", rows: hexRows(bytes.subarray(0, BYTES_SHOWN)) };
  const lines = linesOf(text);
  const json = bytes.length > JSON_BYTES_MAX ? undefined : setOut(text);
  // What its writer has set out already is not shown twice.
  return { kind: "text", lines, json: json?.join("\n") === lines.join("\n") ? undefined : json };
};

const textIn = (bytes: Uint8Array): string | undefined => {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

const linesOf = (text: string): readonly string[] => {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
};

/** One object with its members on lines of their own, or one of each line of the file; undefined for all else. */
const setOut = (text: string): readonly string[] | undefined => {
  const whole = parsed(text);
  if (whole !== undefined) return JSON.stringify(whole, undefined, 2).split("\n");
  const each = linesOf(text).map(parsed);
  return each.length > 0 && each.every((value) => value !== undefined)
    ? each.flatMap((value) => JSON.stringify(value, undefined, 2).split("\n"))
    : undefined;
};

const parsed = (text: string): object | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
};

const hexRows = (bytes: Uint8Array): readonly string[] =>
  Array.from({ length: Math.ceil(bytes.length / 16) }, (_, row) => {
    const part = [...bytes.subarray(row * 16, row * 16 + 16)];
    return `${(row * 16).toString(16).padStart(8, "0")}  ${part.map((byte) => byte.toString(16).padStart(2, "0")).join(" ")}`;
  });
