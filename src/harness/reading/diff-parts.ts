import { hunksIn, type PatchLine } from "../../workflow/evidence/patch-lines.ts";
import { LIMITS } from "../../workflow/limits.ts";
import type { DiffLines, DiffPart } from "../objects/diff.ts";
import type { PatchHunkObject, PatchLineObject } from "../objects/patch.ts";
import { partsOf, type RunDiff } from "./read-diff.ts";

/** A diff with its lines: of every file the first ones, within a bound for all of them, or all lines of the one that is named. */
export const diffLines = ({ patch, patchSha256, files }: RunDiff, only?: string): DiffLines => {
  const parts = patch === "none" ? new Map<string, readonly string[]>() : partsOf(patch);
  const wanted = only === undefined ? files : files.filter(({ path }) => path === only);
  let left = only === undefined ? LIMITS.surfaceDiffLinesMax : Number.POSITIVE_INFINITY;
  const most = only === undefined ? LIMITS.surfaceDiffFileLinesMax : Number.POSITIVE_INFINITY;
  return {
    patchSha256,
    files: wanted.map((file): DiffPart => {
      const hunks = hunksIn(parts.get(file.path) ?? []);
      const all = hunks.reduce((sum, { lines }) => sum + lines.length, 0);
      const shown = Math.min(all, most, left);
      left -= shown;
      return { ...file, hunks: firstLines(hunks, shown), ...(shown < all ? { truncated: all - shown } : {}) };
    }),
  };
};

const firstLines = (hunks: ReturnType<typeof hunksIn>, many: number): readonly PatchHunkObject[] => {
  let left = many;
  const shown: PatchHunkObject[] = [];
  for (const hunk of hunks) {
    if (left === 0) break;
    const lines = hunk.lines.slice(0, left);
    left -= lines.length;
    shown.push({ ...hunk, lines: lines.map(shortened) });
  }
  return shown;
};

const shortened = (line: PatchLine): PatchLineObject => {
  const max = LIMITS.surfaceLineCharactersMax;
  if (line.text.length <= max) return line;
  return { ...line, text: line.text.slice(0, max).toWellFormed(), cut: line.text.length - max };
};
