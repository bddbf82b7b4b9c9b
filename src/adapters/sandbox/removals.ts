import type { WorkspaceEntry } from "../../workflow/workspace/workspace.ts";

/**
 * What is taken out of the base before the changed files are laid over it: the paths that are gone, and instead of them
 * a whole folder where the tree has none any more, since git knows no empty folder.
 */
export const removals = (gone: readonly string[], entries: readonly WorkspaceEntry[]): readonly string[] => {
  const folders = new Set(entries.flatMap(({ path, mode }) => (mode === "040000" ? [path.replace(/\/$/, "")] : [])));
  const taken = gone.map((path) => foldersAbove(path).find((folder) => !folders.has(folder)) ?? path);
  return [...new Set(taken)];
};

const foldersAbove = (path: string): readonly string[] =>
  path
    .split("/")
    .slice(0, -1)
    .map((_, at, parts) => parts.slice(0, at + 1).join("/"));
