import type { Change } from "./changes.ts";

/**
 * Folders that git would take for a repository, though none is called `.git`: with a `HEAD`, and with `objects` and
 * `refs` or a `commondir` that names another's. Whoever works in one obeys its settings and runs its hooks.
 */
export const gitFolders = (basePaths: readonly string[], changes: readonly Change[]): ReadonlySet<string> => {
  const deleted = new Set(changes.filter(({ kind }) => kind === "deleted").map(({ path }) => path));
  const left = [
    ...basePaths.filter((path) => !deleted.has(path)),
    ...changes.filter(({ kind }) => kind !== "deleted").map(({ path }) => path),
  ];
  const names = new Set(left.map(folded).flatMap((path) => [path, ...foldersAbove(path)]));
  const folders = [...names].filter((name) => name.endsWith("/head")).map((name) => name.slice(0, -"/head".length));
  return new Set(
    folders.filter(
      (folder) => names.has(`${folder}/commondir`) || (names.has(`${folder}/objects`) && names.has(`${folder}/refs`)),
    ),
  );
};

/** Whether a path lies in one of these folders. */
export const isInside = (folders: ReadonlySet<string>, path: string): boolean =>
  folders.size > 0 && foldersAbove(folded(path)).some((folder) => folders.has(folder));

const folded = (path: string): string => path.normalize("NFKC").toLowerCase();

const foldersAbove = (path: string): readonly string[] =>
  [...path.matchAll(/\//g)].map(({ index }) => path.slice(0, index));
