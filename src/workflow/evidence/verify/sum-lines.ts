import { textIn } from "./bytes.ts";

export interface SumLine {
  readonly path: string;
  readonly sum: string;
}

/** The lines of SHA256SUMS as coreutils writes them; undefined for anything else. */
export const sumLines = (bytes: Uint8Array | undefined): readonly SumLine[] | undefined => {
  const text = bytes === undefined ? undefined : textIn(bytes);
  if (text === undefined || !text.endsWith("\n")) return undefined;
  const lines = text
    .slice(0, -1)
    .split("\n")
    .map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line))
    .map((found) => ({ path: found?.[2] ?? "", sum: found?.[1] ?? "" }));
  return lines.every(({ path }) => path !== "") ? lines : undefined;
};
