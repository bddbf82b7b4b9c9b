import type { BigIntStats } from "node:fs";

import type { ManifestEntry } from "../../workflow/policy/changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { nameKey, shown } from "./path-name.ts";
import type { TreeEntry } from "./tree.ts";

/** Watches a manifest walk for tracked files and folders that somebody else owns or may write. */
export interface Strangers {
  readonly seen: (entry: ManifestEntry, stat: BigIntStats) => void;
  readonly refusals: () => readonly Refusal[];
}

export const watchForStrangers = (base: readonly TreeEntry[], uid: number): Strangers => {
  const tracked = new Set(base.map(nameKey));
  const foreign: { readonly path: string; readonly owner: number }[] = [];
  const open: string[] = [];
  return {
    seen: (entry, stat) => {
      if (!tracked.has(nameKey(entry))) return;
      if (Number(stat.uid) !== uid) foreign.push({ path: shown(entry.path), owner: Number(stat.uid) });
      if (entry.type !== "l" && (entry.mode & 0o2) !== 0) open.push(shown(entry.path));
    },
    refusals: () => [
      ...foreign.slice(0, 1).map((first) => refusal("admission/foreign-owner", { ...first, uid })),
      ...open.slice(0, 1).map((path) => refusal("admission/world-writable", { path, count: open.length })),
    ],
  };
};
