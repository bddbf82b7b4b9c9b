import type { DiffFile } from "../../../harness/objects/diff.ts";

const SYMLINK = "120000";
const MODES: Readonly<Record<string, string>> = {
  "100644": "file",
  "100755": "executable file",
  "120000": "symbolic link",
  "160000": "submodule",
};

/** What of a changed file a reader could overlook among its lines; the modes are git's. */
export const marksOf = ({ change, oldMode, newMode, binary }: DiffFile): readonly string[] => [
  change,
  ...(binary ? ["binary, its lines are not shown"] : []),
  ...(oldMode === SYMLINK || newMode === SYMLINK ? ["symbolic link"] : []),
  ...(oldMode !== null && newMode !== null && oldMode !== newMode
    ? [`mode ${modeOf(oldMode)} -> ${modeOf(newMode)}`]
    : []),
  ...(oldMode === null && newMode !== null && newMode !== "100644" ? [`mode ${modeOf(newMode)}`] : []),
];

const modeOf = (mode: string): string => `${mode} ${MODES[mode] ?? ""}`.trim();

/** Worst first: what is outside the contract, then what lines do not tell, then what was taken away, then by size. */
export const worstFirst = (files: readonly DiffFile[]): readonly DiffFile[] =>
  files.toSorted((a, b) => rankOf(a) - rankOf(b) || sizeOf(b) - sizeOf(a) || (a.path < b.path ? -1 : 1));

const rankOf = (file: DiffFile): number => {
  if (!file.allowed) return 0;
  if (file.oldMode === SYMLINK || file.newMode === SYMLINK) return 1;
  if (file.binary) return 2;
  if (file.oldMode !== null && file.newMode !== null && file.oldMode !== file.newMode) return 3;
  return file.change === "deleted" ? 4 : 5;
};

const sizeOf = ({ added, removed }: DiffFile): number => (added ?? 0) + (removed ?? 0);
