import type { Oid, RunId, WorkId } from "../ids.ts";

/** The message of the inverse commit: from a template only, like that of the commit it undoes. */
export const rollbackMessage = (facts: { readonly work: WorkId; readonly run: RunId; readonly commit: Oid }): string =>
  [
    `${facts.work}: roll back run ${facts.run}`,
    "",
    `This reverts commit ${facts.commit},`,
    "the single commit of that run, because its owner rejected the outcome.",
    "",
    `CTO-Work: ${facts.work}`,
    `CTO-Run: ${facts.run}`,
    `CTO-Rolls-Back: ${facts.commit}`,
    "",
  ].join("\n");

/** A tree as paths, folders among them -> `mode SP id`. */
export type TreeMap = ReadonlyMap<string, string>;

export interface RestoreOrder {
  readonly paths: readonly string[];
  readonly base: TreeMap;
  readonly commit: TreeMap;
  readonly tip: TreeMap;
}

/** Paths that somebody changed after the commit: to restore the base there would undo his work. */
export const pathsBuiltOn = ({ paths, base, commit, tip }: RestoreOrder): readonly string[] =>
  paths.filter((path) => {
    const now = tip.get(path);
    if (now !== commit.get(path) && now !== base.get(path)) return true;
    return base.has(path) && parentsOf(path).some((parent) => isFile(tip.get(parent)));
  });

/** Whether a tree holds the base at these paths and the tip everywhere else. */
export const equalsBaseAt = ({ paths, base, tip }: Omit<RestoreOrder, "commit">, result: TreeMap): boolean => {
  const restored = new Set(paths);
  const files = new Set([...tip, ...result].filter(([, entry]) => isFile(entry)).map(([path]) => path));
  return [...files, ...paths].every((path) => result.get(path) === (restored.has(path) ? base : tip).get(path));
};

const isFile = (entry: string | undefined): boolean => entry !== undefined && !entry.startsWith("040000");

const parentsOf = (path: string): readonly string[] => {
  const parts = path.split("/");
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
};
