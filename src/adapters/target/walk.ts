import { lstatSync, readdirSync, type BigIntStats } from "node:fs";

import { LIMITS } from "../../workflow/limits.ts";
import { pathName, shown, type PathName } from "./path-name.ts";

export type ManifestLimitName =
  | "manifest-entries"
  | "manifest-depth"
  | "manifest-path-bytes"
  | "manifest-file-bytes"
  | "manifest-total-bytes"
  | "manifest-time"
  | "harvest-changes"
  | "entry-unreadable"
  | "entry-on-other-device"
  | "entry-changed-while-read";

/** A walk that could not be finished. Nothing is ever cut short: the caller refuses or voids by this name. */
export class ManifestLimit extends Error {
  readonly limit: ManifestLimitName;
  /** Where it was met, escaped. */
  readonly path: string;

  constructor(limit: ManifestLimitName, path: string, cause?: unknown) {
    super(`${limit} at ${path === "" ? "the root" : path}`, { cause });
    this.name = "ManifestLimit";
    this.limit = limit;
    this.path = path;
  }
}

export interface Found extends PathName {
  /** The name's bytes, relative to the folder that is walked. */
  readonly raw: Buffer;
  /** The name's bytes to open it by. */
  readonly absolute: Buffer;
  readonly stat: BigIntStats;
}

/** Every entry below a folder, each folder before what it holds. Links are not followed, nothing is opened but folders. */
export function* walk(folder: string, skip: (path: string) => boolean): Generator<Found> {
  const root = Buffer.from(folder);
  yield* below(root, Buffer.alloc(0), 1, skip, boundsOf(root));
}

/** What one walk has used up of what it may. */
export interface WalkBounds {
  readonly device: bigint;
  readonly endsAt: number;
  entries: number;
}

export const boundsOf = (root: Buffer): WalkBounds => ({
  device: statOf(root, "").dev,
  entries: 0,
  endsAt: performance.now() + LIMITS.manifestTimeMs,
});

/** Counts one more entry and throws where that is one too many, too deep, too long or too late. */
export const countEntry = (bounds: WalkBounds, raw: Buffer, path: string, depth: number): void => {
  bounds.entries += 1;
  if (bounds.entries > LIMITS.manifestEntriesMax) throw new ManifestLimit("manifest-entries", shown(path));
  if (depth > LIMITS.manifestDepthMax) throw new ManifestLimit("manifest-depth", shown(path));
  if (raw.length > LIMITS.manifestPathBytesMax) throw new ManifestLimit("manifest-path-bytes", shown(path));
  if (performance.now() > bounds.endsAt) throw new ManifestLimit("manifest-time", shown(path));
};

function* below(
  folder: Buffer,
  prefix: Buffer,
  depth: number,
  skip: (path: string) => boolean,
  bounds: WalkBounds,
): Generator<Found> {
  for (const name of namesIn(folder, prefix)) {
    const raw = prefix.length === 0 ? name : Buffer.concat([prefix, SLASH, name]);
    const { path, utf8 } = pathName(raw);
    if (skip(path)) continue;
    countEntry(bounds, raw, path, depth);

    const absolute = Buffer.concat([folder, SLASH, name]);
    const stat = statOf(absolute, path);
    yield { raw, absolute, path, utf8, stat };
    if (!stat.isDirectory()) continue;
    if (stat.dev !== bounds.device) throw new ManifestLimit("entry-on-other-device", shown(path));
    yield* below(absolute, raw, depth + 1, skip, bounds);
  }
}

const SLASH = Buffer.from("/");

/** The names in a folder, by byte. */
export const namesIn = (folder: Buffer, prefix: Buffer): Buffer[] => {
  try {
    return readdirSync(folder, { encoding: "buffer" }).sort((a, b) => a.compare(b));
  } catch (cause) {
    throw new ManifestLimit("entry-unreadable", shown(pathName(prefix).path), cause);
  }
};

export const statOf = (absolute: Buffer, path: string): BigIntStats => {
  try {
    return lstatSync(absolute, { bigint: true });
  } catch (cause) {
    throw new ManifestLimit("entry-unreadable", shown(path), cause);
  }
};
