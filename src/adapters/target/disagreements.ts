import type { Manifest } from "../../workflow/policy/changes.ts";
import { gitModeOf } from "./git-mode.ts";
import { nameKey, pathName } from "./path-name.ts";
import type { GitChanges } from "./second-detector.ts";
import type { TreeEntry } from "./tree.ts";

/** Shown where git stopped on what it found: then it saw nothing, and nothing is cleared. */
export const GIT_NOT_FINISHED = "(git could not read the workspace to its end)";

/**
 * Paths that git sees otherwise than the manifest. Folders, link counts, special files and modes beyond the executable
 * bit are the manifest's alone, and so is everything under a name that git never takes up.
 */
export const disagreementsOf = (
  base: readonly TreeEntry[],
  { entries }: Pick<Manifest, "entries">,
  byGit: GitChanges,
): readonly string[] => {
  if (byGit === "not-finished") return [GIT_NOT_FINISHED];
  const before = new Map(
    base.flatMap((entry) => (entry.mode === "040000" ? [] : [[nameKey(entry), `${entry.mode} ${entry.oid}`]])),
  );
  const after = new Map(
    entries.flatMap((entry) => {
      const mode = gitModeOf(entry);
      return mode === undefined || mode === "040000" ? [] : [[nameKey(entry), `${mode} ${entry.blob}`]];
    }),
  );
  const seen = new Map<string, string>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (before.get(key) !== after.get(key) && !NEVER_ADDED.test(key)) seen.set(key, after.get(key) ?? GONE);
  }
  const said = new Map(byGit.map(({ key, mode, blob }) => [key, `${mode} ${blob}`]));
  const keys = [...new Set([...seen.keys(), ...said.keys()])].filter((key) => seen.get(key) !== said.get(key));
  return keys.sort().map((key) => pathName(Buffer.from(key, "latin1")).path);
};

const GONE = `000000 ${"0".repeat(40)}`;
const NEVER_ADDED = /(?:^|\/)\.git(?:\/|$)/i;
