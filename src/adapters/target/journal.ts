import type { BigIntStats } from "node:fs";

import type { Oid } from "../../workflow/ids.ts";
import { LAID_MODES, laidType } from "./compare-manifests.ts";
import { foldersAbove } from "./folders.ts";
import { typeOf } from "./manifest.ts";
import { pathName } from "./path-name.ts";
import { readFolders, readTreesBelow, type TreeEntry } from "./tree.ts";
import { agree, beneath, namesOfLayers, type LayerName, type Layers } from "./upper-layer.ts";
import { boundsOf, countEntry, ManifestLimit, statOf, type Found, type WalkBounds } from "./walk.ts";

/** What an overlay's upper layer tells of a workspace, each path as the merged view shows it. Nothing was read yet. */
export interface Journal {
  readonly found: readonly Found[];
  /** The base's entries at every path that was found or is gone, with all that lay below. All others are untouched. */
  readonly base: readonly TreeEntry[];
  /** The topmost paths, as bytes, that can hold a difference: what git has to look at. */
  readonly places: readonly Buffer[];
  /** Paths of which the two layers and the base tell different things. */
  readonly disagreements: readonly string[];
}

/**
 * Goes through the folders of the upper layer and no others. Each is listed in the merged view and held against the
 * same folder of the base tree, so what is written, what is gone and what cannot be are all seen.
 */
export const readJournal = async (layers: Layers, gitDir: string, tree: Oid): Promise<Journal> => {
  const taken: Taken = {
    layers,
    bounds: boundsOf(layers.merged),
    found: [],
    base: [],
    gone: [],
    places: [],
    disagreements: [],
  };
  let level: readonly Folder[] = [{ raw: Buffer.alloc(0), base: tree }];
  for (let depth = 1; level.length > 0; depth += 1) {
    const bases = await readFolders(
      gitDir,
      level.flatMap(({ raw, base }) => (base === "none" ? [] : [{ prefix: raw, oid: base }])),
    );
    const ofBase = bases.values();
    level = level.flatMap((folder) =>
      takeFolder(taken, folder, folder.base === "none" ? [] : (ofBase.next().value ?? []), depth),
    );
  }
  return finish(gitDir, taken);
};

interface Folder {
  readonly raw: Buffer;
  /** The tree that it is in the base; a folder that was none there lies wholly in the upper layer. */
  readonly base: Oid | "none";
}

interface Taken {
  readonly layers: Layers;
  readonly bounds: WalkBounds;
  readonly found: Found[];
  readonly base: TreeEntry[];
  /** Folders of the base that are no folders any more. */
  readonly gone: TreeEntry[];
  readonly places: Buffer[];
  readonly disagreements: string[];
}

/** Takes what one folder tells; answers its folders that stand in the upper layer. */
const takeFolder = (taken: Taken, folder: Folder, base: readonly TreeEntry[], depth: number): readonly Folder[] => {
  const ofBase = new Map(base.map((entry) => [entry.raw.toString("latin1"), entry]));
  const names = namesOfLayers(taken.layers, folder.raw);
  const named = new Set(names.map(({ raw }) => raw.toString("latin1")));
  const unnamed = base.filter(({ raw }) => !named.has(raw.toString("latin1")));
  return [...names, ...unnamed.map(({ raw }) => ({ raw, upper: "absent", isMerged: false }) as const)].flatMap(
    (name) => {
      const laid = ofBase.get(name.raw.toString("latin1"));
      const next = takeName(taken, name, laid, depth);
      const isWritten = name.isMerged && typeof name.upper !== "string" && (next === undefined || next.base === "none");
      const isGone = !name.isMerged && laid !== undefined;
      // Below a folder that the base has not, that folder is the place.
      if (folder.base !== "none" && (isWritten || isGone)) taken.places.push(name.raw);
      return next ?? [];
    },
  );
};

const takeName = (taken: Taken, name: LayerName, laid: TreeEntry | undefined, depth: number): Folder | undefined => {
  const { raw, upper, isMerged } = name;
  const { path, utf8 } = pathName(raw);
  const disagrees = (): undefined => void taken.disagreements.push(path);
  if (!isMerged) {
    if (laid !== undefined) takeGone(taken, laid);
    return typeof upper === "string" ? undefined : disagrees();
  }
  const absolute = beneath(taken.layers.merged, raw);
  const stat = statOf(absolute, path);
  if (upper === "whiteout" || upper === "absent")
    return upper === "absent" && laid !== undefined && isAsLaid(laid, stat) ? undefined : disagrees();
  countEntry(taken.bounds, raw, path, depth);
  if (!agree(upper, stat)) disagrees();
  taken.found.push({ raw, absolute, path, utf8, stat });
  const wasFolder = laid?.mode === "040000";
  if (wasFolder && !stat.isDirectory()) takeGone(taken, laid);
  else if (laid !== undefined) taken.base.push(laid);
  if (!stat.isDirectory()) return undefined;
  if (stat.dev !== taken.bounds.device) throw new ManifestLimit("entry-on-other-device", path);
  return { raw, base: wasFolder ? laid.oid : "none" };
};

const takeGone = (taken: Taken, laid: TreeEntry): void => {
  taken.base.push(laid);
  if (laid.mode === "040000") taken.gone.push(laid);
};

const isAsLaid = (laid: TreeEntry, stat: BigIntStats): boolean =>
  typeOf(stat) === laidType(laid) &&
  Number(stat.mode & 0o7777n) === LAID_MODES[laid.mode] &&
  (stat.isDirectory() || stat.nlink === 1n);

const finish = async (gitDir: string, { found, base, gone, places, disagreements }: Taken): Promise<Journal> => {
  const below = await readTreesBelow(
    gitDir,
    gone.map(({ raw, oid }) => ({ prefix: raw, oid })),
  );
  // Git knows of no folder without a file, and takes it for a wrong name.
  const held = new Set(
    below.flatMap(({ raw, mode }) => (mode === "040000" ? [] : foldersAbove(raw.toString("latin1")))),
  );
  const shown = new Set(found.map(({ raw }) => raw.toString("latin1")));
  const empty = new Set(
    gone.map(({ raw }) => raw.toString("latin1")).filter((key) => !held.has(key) && !shown.has(key)),
  );
  return {
    found,
    base: [...base, ...below],
    places: places.filter((raw) => !empty.has(raw.toString("latin1"))),
    disagreements: [...new Set(disagreements)].sort(),
  };
};
