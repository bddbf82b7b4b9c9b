/** The changed line ranges of one file, as patch.diff tells them. */
export interface PatchedFile {
  readonly path: string;
  /** Line of patch.diff at which the file's part begins, 1-based. */
  readonly line: number;
  readonly binary: boolean;
  readonly ranges: readonly LineRange[];
}

/** First line and number of lines, before and after. */
export interface LineRange {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
}

/** Where the lines of a patch changed. For showing only: what the patch does is recomputed by the verifier. */
export const patchedFiles = (patch: Uint8Array): readonly PatchedFile[] => {
  const files: { path: string; line: number; binary: boolean; ranges: LineRange[] }[] = [];
  let body = 0;
  for (const [at, line] of new TextDecoder().decode(patch).split("\n").entries()) {
    if (body > 0) {
      body -= sidesOf(line);
      continue;
    }
    const path = pathIn(line);
    if (path !== undefined) files.push({ path, line: at + 1, binary: false, ranges: [] });
    const file = files.at(-1);
    if (line === "GIT binary patch" && file !== undefined) file.binary = true;
    const range = rangeIn(line);
    if (range === undefined || file === undefined) continue;
    file.ranges.push(range);
    body = range.oldLines + range.newLines;
  }
  return files;
};

const pathIn = (line: string): string | undefined => {
  if (!line.startsWith("diff --git ")) return undefined;
  const both = line.slice("diff --git ".length);
  return both.startsWith('"') ? unquoted(both) : both.slice("a/".length, (both.length - 1) / 2);
};

// Both names are the same, for renames are never looked for: the first half of the two holds the path.
const unquoted = (both: string): string => {
  const half = both.slice(3, (both.length - 1) / 2 - 1);
  const bytes: number[] = [];
  for (const [, octal, escaped, plain] of half.matchAll(/\\([0-3][0-7]{2})|\\(.)|([^\\])/gsu)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...new TextEncoder().encode(escaped === undefined ? plain : (ESCAPES[escaped] ?? escaped)));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
};

const ESCAPES: Readonly<Record<string, string>> = { a: "\u0007", b: "\b", t: "\t", n: "\n", v: "\v", f: "\f", r: "\r" };

/** What the head of a hunk says; undefined for any other line. */
export const rangeIn = (line: string): LineRange | undefined => {
  const found = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
  if (found === null) return undefined;
  const [, oldStart, oldLines = "1", newStart, newLines = "1"] = found;
  return {
    oldStart: Number(oldStart),
    oldLines: Number(oldLines),
    newStart: Number(newStart),
    newLines: Number(newLines),
  };
};

/** How many of a hunk's counted lines this one stands for. */
export const sidesOf = (line: string): number => {
  if (line.startsWith("\\")) return 0;
  return line.startsWith("-") || line.startsWith("+") ? 1 : 2;
};
