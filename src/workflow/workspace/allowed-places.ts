import { isPlain, matchesName } from "../wildcard.ts";
import { parentOf, type TreeView } from "./tree-view.ts";

/** Where one allowed pattern needs to write: a folder that exists, and whether all of it or only some names in it. */
export interface AllowedPlace {
  readonly folder: string;
  readonly extent: "whole" | "names" | "glob";
}

/** Undefined when a file or link stands where the pattern needs a folder: there is nowhere to write then. */
export const allowedPlace = (pattern: string, tree: TreeView): AllowedPlace | undefined => {
  if (!isPlain(pattern)) return placeIn(parentOf(fixedPart(pattern)), tree, "glob");
  if (!pattern.endsWith("/")) return placeIn(parentOf(pattern), tree, "names");
  const folder = pattern.slice(0, -1);
  return placeIn(folder, tree, tree.node(folder) === undefined ? "names" : "whole");
};

/** Whether a pattern with wildcards may name something below this folder. */
export const reachesInto = (pattern: string, folder: string): boolean => {
  const wanted = pattern.replace(/\/$/, "/**").split("/");
  const segments = folder.split("/");
  for (const [at, segment] of segments.entries()) {
    const part = wanted[at];
    if (part === "**") return true;
    if (part === undefined || !matchesName(part, segment)) return false;
  }
  return wanted.length > segments.length;
};

// Up to the first segment with a wildcard; the last segment names what may be written, so it is never a folder here.
const fixedPart = (pattern: string): string => {
  const segments = pattern.split("/");
  return segments.slice(0, segments.findIndex((segment) => !isPlain(segment)) + 1).join("/");
};

const placeIn = (wanted: string, tree: TreeView, extent: AllowedPlace["extent"]): AllowedPlace | undefined => {
  for (let path = wanted; ; path = parentOf(path)) {
    const node = tree.node(path);
    if (node !== undefined) return node.kind === "folder" ? { folder: path, extent } : undefined;
  }
};
