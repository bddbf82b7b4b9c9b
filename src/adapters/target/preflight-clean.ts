import { createHash } from "node:crypto";

import { parseDigest, type Digest } from "../../workflow/digest.ts";
import type { Manifest, ManifestEntry } from "../../workflow/policy/changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { foldersThatHold } from "./folders.ts";
import { gitLike } from "./git-like.ts";
import { gitModeOf } from "./git-mode.ts";
import { ignoredAmong } from "./ignored.ts";
import { nameKey, pathName, shown } from "./path-name.ts";
import type { TreeEntry } from "./tree.ts";

export interface WorkTreeSeen {
  readonly refusals: readonly Refusal[];
  /** Names that are not as committed, each once. */
  readonly unlike: ReadonlySet<string>;
  /** What committed ignore files ignore. */
  readonly ignored: readonly ManifestEntry[];
}

/** Every tracked path has mode and bytes of the base, and nothing else is there but what the base itself ignores. */
export const lookAtWorkTree = async (
  door: string,
  base: readonly TreeEntry[],
  manifest: Manifest,
): Promise<WorkTreeSeen> => {
  const expected = new Map(base.map((entry) => [nameKey(entry), entry]));
  const here = new Map(manifest.entries.map((entry) => [nameKey(entry), entry]));
  const unlike = base.filter((entry) => !isAsCommitted(entry, here.get(nameKey(entry)))).map(({ path }) => path);
  const filled = foldersThatHold(manifest.entries);
  const untracked = manifest.entries.filter(
    (entry) => !expected.has(nameKey(entry)) && !(entry.type === "d" && filled.has(nameKey(entry))),
  );
  const ignored = await ignoredAmong(door, base, untracked);
  const stray = untracked.filter((entry) => !ignored.has(nameKey(entry)));
  return {
    refusals: nestedRepositories(manifest.entries, expected),
    unlike: new Set([...unlike, ...stray.map(({ path, type }) => (type === "d" ? `${path}/` : path))]),
    ignored: untracked.filter((entry) => ignored.has(nameKey(entry))),
  };
};

/** One refusal for index and work tree together, with the first names. */
export const dirtiness = (workTree: ReadonlySet<string>, index: readonly string[]): Refusal[] => {
  const names = new Set([...workTree, ...index.map((latin1) => pathName(Buffer.from(latin1, "latin1")).path)]);
  const first = [...names].sort().slice(0, NAMES_SHOWN).map(shown).join(", ");
  const paths = names.size > NAMES_SHOWN ? `${first}, ...` : first;
  return names.size === 0 ? [] : [refusal("admission/dirty", { count: names.size, paths })];
};

/** SHA-256 over `mode SP sha256(blob) SP path NUL` of the tracked files, in path order (evidence.md 9.2). */
export const treeSha256 = (base: readonly TreeEntry[], manifest: Manifest): Digest => {
  const here = new Map(manifest.entries.map((entry) => [nameKey(entry), entry]));
  const hash = createHash("sha256");
  for (const entry of base) {
    const file = here.get(nameKey(entry));
    if (entry.mode === "040000" || file === undefined) continue;
    hash.update(`${entry.mode} ${file.sha256} `).update(entry.raw).update("\0");
  }
  const digest = parseDigest(hash.digest("hex"));
  if (digest === undefined) throw new TypeError("SHA-256 gave no SHA-256");
  return digest;
};

const NAMES_SHOWN = 5;

const isAsCommitted = (entry: TreeEntry, here: ManifestEntry | undefined): boolean =>
  here !== undefined && gitModeOf(here) === entry.mode && (entry.mode === "040000" || here.blob === entry.oid);

const nestedRepositories = (entries: readonly ManifestEntry[], expected: ReadonlyMap<string, TreeEntry>): Refusal[] =>
  entries.flatMap((entry) => {
    const key = nameKey(entry);
    const end = key.lastIndexOf("/");
    const tracked = end > 0 && expected.has(key.slice(0, end));
    const nested = tracked && gitLike(key.slice(end + 1));
    return nested ? [refusal("admission/submodule", { found: `${shown(entry.path)} below a tracked folder` })] : [];
  });
