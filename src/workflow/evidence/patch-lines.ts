import { rangeIn, sidesOf, type LineRange } from "./patch-hunks.ts";

/** One line of a hunk, with its number before and after. Its text may be hostile: show it escaped. */
export interface PatchLine {
  readonly kind: "context" | "added" | "removed" | "note";
  readonly text: string;
  readonly old: number | null;
  readonly new: number | null;
}

/** A part of a file that changed, with the lines around it. */
export interface PatchHunk extends LineRange {
  /** What stands behind the numbers: where in the file git believes to be. */
  readonly context: string;
  readonly lines: readonly PatchLine[];
}

/** The hunks in the part of a patch that is about one file. */
export const hunksIn = (lines: readonly string[]): readonly PatchHunk[] => {
  const hunks: (LineRange & { context: string; lines: PatchLine[] })[] = [];
  let left = 0;
  let [old, young] = [0, 0];
  for (const line of lines) {
    const hunk = hunks.at(-1);
    if (hunk !== undefined && (left > 0 || line.startsWith("\\"))) {
      const read = lineOf(line, old, young);
      hunk.lines.push(read);
      old += read.old === null ? 0 : 1;
      young += read.new === null ? 0 : 1;
      left -= sidesOf(line);
      continue;
    }
    const range = rangeIn(line);
    if (range === undefined) continue;
    hunks.push({ ...range, context: line.replace(/^@@ [^@]* @@ ?/, ""), lines: [] });
    left = range.oldLines + range.newLines;
    [old, young] = [range.oldStart, range.newStart];
  }
  return hunks;
};

const lineOf = (line: string, old: number, young: number): PatchLine => {
  const text = line.slice(1);
  if (line.startsWith("\\")) return { kind: "note", text: line.slice(2), old: null, new: null };
  if (line.startsWith("+")) return { kind: "added", text, old: null, new: young };
  if (line.startsWith("-")) return { kind: "removed", text, old, new: null };
  return { kind: "context", text, old, new: young };
};
