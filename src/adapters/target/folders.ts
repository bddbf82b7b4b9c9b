import type { ManifestEntry } from "../../workflow/policy/changes.ts";
import { nameKey } from "./path-name.ts";

/** Folders with anything but folders somewhere below, by `nameKey`. Git knows of no other folders. */
export const foldersThatHold = (entries: readonly ManifestEntry[]): ReadonlySet<string> =>
  new Set(entries.flatMap((entry) => (entry.type === "d" ? [] : foldersAbove(nameKey(entry)))));

/** The folders that a name lies in, by `nameKey`, outermost first. */
export const foldersAbove = (key: string): readonly string[] =>
  [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
