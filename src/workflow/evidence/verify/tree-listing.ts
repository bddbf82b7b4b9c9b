import { fromLatin1 } from "./bytes.ts";
import { isFolder, readTree } from "./git-objects.ts";
import type { GitObject } from "./git-pack.ts";

export type EntryKind = "file" | "folder" | "link";

/** Every entry of a tree by its path; the root is the empty path. */
export interface TreeListing {
  readonly kinds: ReadonlyMap<string, EntryKind>;
  /** The paths directly in a folder. */
  readonly inside: ReadonlyMap<string, readonly string[]>;
  /** Entries whose names are no UTF-8; what they hold is not listed. No sandbox can be given one as a mount. */
  readonly unnamed: number;
}

/** Undefined where a tree object is not there or is none, or where it is deeper or larger than any target may be. */
export const listTree = (objects: ReadonlyMap<string, GitObject>, root: string): TreeListing | undefined => {
  const kinds = new Map<string, EntryKind>([["", "folder"]]);
  const inside = new Map<string, readonly string[]>();
  let unnamed = 0;
  const open = [{ path: "", id: root, depth: 0 }];
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    const { path, id, depth } = folder;
    const object = objects.get(id);
    const entries = object?.type === "tree" ? readTree(object.bytes) : undefined;
    if (entries === undefined || depth > DEPTH_MAX || kinds.size > ENTRIES_MAX) return undefined;
    const held: string[] = [];
    for (const entry of entries) {
      const name = nameText(entry.name);
      if (name === undefined) {
        unnamed += 1;
        continue;
      }
      const below = path === "" ? name : `${path}/${name}`;
      kinds.set(below, kindOf(entry.mode));
      held.push(below);
      if (isFolder(entry.mode)) open.push({ path: below, id: entry.id, depth: depth + 1 });
    }
    inside.set(path, held);
  }
  return { kinds, inside, unnamed };
};

/** The folder that a path lies in; the root for a path of one segment. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Whether a path is the folder or lies in it. */
export const isWithin = (folder: string, path: string): boolean =>
  folder === "" || path === folder || path.startsWith(`${folder}/`);

/** Every folder that a path lies in, but the root. */
export const foldersAbove = (path: string): readonly string[] => {
  const above = parentOf(path);
  return above === "" ? [] : [...foldersAbove(above), above];
};

const DEPTH_MAX = 64;
const ENTRIES_MAX = 200_000;

const kindOf = (mode: string): EntryKind => (isFolder(mode) ? "folder" : mode === "120000" ? "link" : "file");

// A name may begin with what is a byte order mark elsewhere.
const nameText = (latin1: string): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(fromLatin1(latin1));
  } catch {
    return undefined;
  }
};
