import type { Change } from "./changes.ts";

/** New names that some file system could not tell from another one: equal after case fold and normalisation (git.md 7). */
export const collisionsOf = (
  basePaths: readonly string[],
  changes: readonly Change[],
): readonly { readonly path: string; readonly other: string }[] => {
  const deleted = new Set(changes.filter(({ kind }) => kind === "deleted").map(({ path }) => path));
  const taken = new Map(basePaths.filter((path) => !deleted.has(path)).map((path) => [folded(path), path]));
  const collisions: { path: string; other: string }[] = [];
  for (const { path, kind } of changes) {
    if (kind === "deleted") continue;
    const other = taken.get(folded(path));
    if (other !== undefined && other !== path) collisions.push({ path, other });
    taken.set(folded(path), path);
  }
  return collisions;
};

const folded = (path: string): string => path.normalize("NFKC").toLowerCase().normalize("NFKC");
