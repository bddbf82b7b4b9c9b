import { digestOf } from "../../workflow/digest.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { Change, Manifest, ManifestEntry } from "../../workflow/policy/changes.ts";
import { foldersThatHold } from "./folders.ts";
import { inBatches, readObjects } from "./objects.ts";
import { nameKey } from "./path-name.ts";
import type { TreeEntry } from "./tree.ts";

/** Mode that a workspace gives to an entry of the tree. */
export const LAID_MODES: Readonly<Record<TreeEntry["mode"], number>> = {
  "100644": 0o644,
  "100755": 0o755,
  "120000": 0o777,
  "040000": 0o755,
  "160000": 0o755,
};

/** What kind of change there is between what was laid and what is there now; undefined for none. */
export const changeKind = (
  base: TreeEntry | undefined,
  after: ManifestEntry | undefined,
): Change["kind"] | undefined => {
  if (base === undefined) return after === undefined ? undefined : "added";
  if (after === undefined) return base.mode === "040000" ? undefined : "deleted";
  if (after.type !== laidType(base)) return "retyped";
  if (after.type !== "d" && (after.blob !== base.oid || after.nlink !== 1)) return "modified";
  return after.type !== "l" && after.mode !== LAID_MODES[base.mode] ? "mode" : undefined;
};

/**
 * Every difference of what was found from the base's entries at the same paths. A rename is a deletion and an addition. A new
 * folder is told of when it holds no file or has a set-id or sticky bit, else its files speak for it.
 */
export const changesAgainst = async (
  gitDir: string,
  base: readonly TreeEntry[],
  { entries }: Pick<Manifest, "entries">,
): Promise<readonly Change[]> => {
  const expected = new Map(base.map((entry) => [nameKey(entry), entry]));
  const here = new Map(entries.map((entry) => [nameKey(entry), entry]));
  const holding = foldersThatHold(entries);
  const changed = [...new Set([...expected.keys(), ...here.keys()])].sort().flatMap((key) => {
    const [laid, after] = [expected.get(key), here.get(key)];
    const kind = changeKind(laid, after);
    const implied = kind === "added" && after?.type === "d" && holding.has(key) && (after.mode & 0o7000) === 0;
    return kind === undefined || implied ? [] : [{ kind, laid, after }];
  });
  const befores = await beforesOf(
    gitDir,
    changed.flatMap(({ laid }) => laid ?? []),
  );
  return changed.flatMap(({ kind, laid, after }) => {
    const name = after ?? laid;
    const before = laid === undefined ? undefined : befores.get(laid);
    if (name === undefined) return [];
    const { path, utf8 } = name;
    return { path, utf8, kind, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
  });
};

/** What a workspace has where the tree has this entry. */
export const laidType = ({ mode }: TreeEntry): ManifestEntry["type"] => {
  if (mode === "120000") return "l";
  return mode === "040000" || mode === "160000" ? "d" : "f";
};

const beforesOf = async (
  gitDir: string,
  laid: readonly TreeEntry[],
): Promise<ReadonlyMap<TreeEntry, ManifestEntry>> => {
  const digests = new Map<Oid, Pick<ManifestEntry, "size" | "sha256" | "blob">>();
  const contents = laid.filter(({ mode }) => mode.startsWith("1") && mode !== "160000");
  for (const batch of await inBatches(gitDir, contents)) {
    const blobs = await readObjects(gitDir, new Set(batch.map(({ oid }) => oid)), "blob");
    for (const [oid, bytes] of blobs) digests.set(oid, { size: bytes.length, sha256: digestOf(bytes), blob: oid });
  }
  return new Map(
    laid.map((entry) => {
      const { path, utf8, mode, oid } = entry;
      const content = digests.get(oid) ?? { size: 0, sha256: digestOf(""), blob: "" };
      return [entry, { path, utf8, type: laidType(entry), mode: LAID_MODES[mode], nlink: 1, ...content }];
    }),
  );
};
