import { lstatSync, type BigIntStats } from "node:fs";

import { codeOf } from "./plain-file.ts";
import { namesIn } from "./walk.ts";

/** An overlay: what everybody sees, and the layer in which every written path stands. */
export interface Layers {
  readonly merged: Buffer;
  readonly upper: Buffer;
}

export const layersOf = (merged: string, upper: string): Layers => ({
  merged: Buffer.from(merged),
  upper: Buffer.from(upper),
});

/** One name in a folder, as the two layers tell of it. */
export interface LayerName {
  /** The whole path's bytes. */
  readonly raw: Buffer;
  /** A whiteout says that the name is gone; it is never believed alone. */
  readonly upper: BigIntStats | "whiteout" | "absent";
  readonly isMerged: boolean;
}

/** Every name in a folder that stands in the upper layer and that both layers show as a folder. By byte. */
export const namesOfLayers = ({ merged, upper }: Layers, folder: Buffer): readonly LayerName[] => {
  const shown = new Set(namesIn(beneath(merged, folder), folder).map(keyOf));
  const written = new Set(namesIn(beneath(upper, folder), folder).map(keyOf));
  return [...new Set([...shown, ...written])].sort().map((key) => {
    const raw = joined(folder, Buffer.from(key, "latin1"));
    const stat = written.has(key) ? statOrGone(beneath(upper, raw)) : undefined;
    return { raw, upper: stat === undefined ? "absent" : wordOf(stat), isMerged: shown.has(key) };
  });
};

/** Whether the merged view shows of a written path what the upper layer holds of it. */
export const agree = (upper: BigIntStats, merged: BigIntStats): boolean =>
  upper.mode === merged.mode &&
  upper.uid === merged.uid &&
  upper.gid === merged.gid &&
  upper.mtimeNs === merged.mtimeNs &&
  // A merged folder is as large, and has as many links, as the file system likes.
  (upper.isDirectory() || (upper.size === merged.size && upper.nlink === merged.nlink));

export const beneath = (root: Buffer, raw: Buffer): Buffer => (raw.length === 0 ? root : joined(root, raw));

const joined = (folder: Buffer, name: Buffer): Buffer =>
  folder.length === 0 ? name : Buffer.concat([folder, SLASH, name]);

const SLASH = Buffer.from("/");

const keyOf = (name: Buffer): string => name.toString("latin1");

const wordOf = (stat: BigIntStats): BigIntStats | "whiteout" =>
  stat.isCharacterDevice() && stat.rdev === 0n ? "whiteout" : stat;

const statOrGone = (path: Buffer): BigIntStats | undefined => {
  try {
    return lstatSync(path, { bigint: true });
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
};
