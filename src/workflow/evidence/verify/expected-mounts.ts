import { isPermitted, mayReach, prohibition } from "./path-rules.ts";
import { foldersAbove, isWithin, parentOf, type EntryKind, type TreeListing } from "./tree-listing.ts";
import type { Cover } from "./workspace-mounts.ts";

/** What a stage over a tree must lay over its Workspace (confinement.md 4); the root is the empty path. */
export interface ExpectedMounts {
  readonly writable: ReadonlySet<string>;
  readonly pins: ReadonlySet<string>;
  readonly masks: ReadonlyMap<string, Cover>;
  /** Where more can be written than is allowed, and links that no mount may lie on. */
  readonly unpinned: ReadonlySet<string>;
}

/** Files by which a repository configures an agent. */
export const AGENT_CONFIGURATION: readonly string[] = [
  ".claude/",
  ".codex/",
  ".gemini/",
  ".qwen/",
  ".pi/",
  ".opencode/",
  ".hermes/",
  ".goose/",
  ".config/goose/",
  ".agents/plugins/",
  "opencode.json",
  "opencode.jsonc",
  ".mcp.json",
  ".vscode/",
  ".cursor/",
  ".windsurf/",
  ".aider.conf.yml",
];

/** Of an agent: the parents of what is allowed are writable, every other entry of one is pinned, the forbidden is masked. */
export const agentMounts = (
  listing: TreeListing,
  allowed: readonly string[],
  forbidden: readonly string[],
): ExpectedMounts => {
  const isForbidden = prohibition(forbidden);
  const coverOf = coversOver(forbidden);
  const { masks, links } = masksIn(listing, (path, kind) =>
    !isForbidden(path) && isNamed(allowed, path) ? undefined : coverOf(path, kind),
  );
  const places = placesOf(listing, allowed, isForbidden);
  const room = ROOM - Math.min(masks.size, ROOM);
  const writable = new Set<string>();
  const pins = new Set<string>();
  const unpinned = new Set(links);
  for (const { folder, extents } of places) {
    const isWhole = extents.has("whole");
    if (isWhole || extents.has("glob")) unpinned.add(folder);
    const beside = (isWhole ? [] : (listing.inside.get(folder) ?? [])).filter(
      (path) => !masks.has(path) && !isAllowed(listing, allowed, isForbidden, path),
    );
    const isOpen = (path: string): boolean =>
      listing.kinds.get(path) === "link" ||
      (listing.kinds.get(path) === "folder" && !isForbidden(path) && allowed.some((rule) => mayReach(rule, path)));
    const { open = [], pinned = [] } = Object.groupBy(beside, (path) => (isOpen(path) ? "open" : "pinned"));
    const fits = writable.size + pins.size + pinned.length < room;
    writable.add(folder);
    for (const path of fits ? open : [folder]) unpinned.add(path);
    for (const path of fits ? pinned : []) pins.add(path);
  }
  for (const path of anchors(writable, pins, masks)) writable.add(path);
  return { writable, pins, masks, unpinned };
};

/** Of a validation: nothing is writable, what is secret is masked, and what configures an agent is hidden. */
export const validationMounts = (listing: TreeListing, secret: readonly string[]): ExpectedMounts => {
  const { masks, links } = masksIn(listing, coversOver(secret));
  return { writable: new Set(), pins: new Set(), masks, unpinned: new Set(links) };
};

/** The cover of one entry, if it has one: what is closed cannot be read, what configures an agent is as if it were empty. */
const coversOver = (closed: readonly string[]): ((path: string, kind: EntryKind) => Cover | undefined) => {
  const [isClosed, isConfiguration] = [prohibition(closed), prohibition(AGENT_CONFIGURATION)];
  return (path, kind) => {
    if (isClosed(path)) return kind === "folder" ? "none.d" : "none.f";
    if (!isConfiguration(path)) return undefined;
    return kind === "folder" ? "empty.d" : "none.f";
  };
};

// A contract that must change what configures an agent names it, whole or in part; a pattern that happens to match does not.
export const isNamed = (allowed: readonly string[], path: string): boolean =>
  allowed
    .filter((rule) => !/[*?]/.test(rule))
    .some((rule) =>
      rule.endsWith("/") ? isWithin(path, rule.slice(0, -1)) || path.startsWith(rule) : isWithin(path, rule),
    );

/** Folders in which one allowed pattern wants something: the parents of what it names, where they all exist. */
export const wantedFolder = (rule: string): string => {
  const parts = rule.split("/");
  const glob = parts.findIndex((part) => /[*?]/.test(part));
  if (glob >= 0) return parts.slice(0, glob).join("/");
  return rule.endsWith("/") ? rule.slice(0, -1) : parentOf(rule);
};

// bubblewrap takes so many arguments and no more: a larger parent stays writable as a whole, and is told.
const ROOM = 2_700;

/** The topmost entries that have a cover. A link has none: a mount would follow it. */
const masksIn = (
  { kinds, inside }: TreeListing,
  coverOf: (path: string, kind: EntryKind) => Cover | undefined,
): { readonly masks: ReadonlyMap<string, Cover>; readonly links: readonly string[] } => {
  const masks = new Map<string, Cover>();
  const links: string[] = [];
  const open = [...(inside.get("") ?? [])];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const kind = kinds.get(path) ?? "file";
    const cover = coverOf(path, kind);
    if (cover === undefined) open.push(...(inside.get(path) ?? []));
    else if (kind === "link") links.push(path);
    else masks.set(path, cover);
  }
  return { masks, links };
};

type Extent = "whole" | "names" | "glob";

interface Place {
  readonly folder: string;
  readonly extents: ReadonlySet<Extent>;
}

/** The writable parents, shallow before deep; one that is forbidden, or lies in one that is writable whole, is none. */
const placesOf = (
  listing: TreeListing,
  allowed: readonly string[],
  isForbidden: (path: string) => boolean,
): readonly Place[] => {
  const found = new Map<string, Set<Extent>>();
  for (const rule of allowed) {
    const folder = nearestFolder(listing, wantedFolder(rule));
    if (folder === undefined || (folder !== "" && isForbidden(folder))) continue;
    found.set(folder, (found.get(folder) ?? new Set()).add(extentOf(listing, rule)));
  }
  const places = [...found].map(([folder, extents]) => ({ folder, extents }));
  const whole = places.filter(({ extents }) => extents.has("whole"));
  return places
    .filter((place) => !whole.some((other) => other !== place && isWithin(other.folder, place.folder)))
    .sort((a, b) => depthOf(a.folder) - depthOf(b.folder) || (a.folder < b.folder ? -1 : 1));
};

const depthOf = (path: string): number => (path === "" ? 0 : path.split("/").length);

const extentOf = ({ kinds }: TreeListing, rule: string): Extent => {
  if (/[*?]/.test(rule)) return "glob";
  return rule.endsWith("/") && kinds.has(rule.slice(0, -1)) ? "whole" : "names";
};

/** The folder itself, or the nearest one above that exists; undefined where something else stands in the way. */
const nearestFolder = ({ kinds }: TreeListing, wanted: string): string | undefined => {
  const nearest = [wanted, ...foldersAbove(wanted).toReversed(), ""].find((path) => kinds.has(path)) ?? "";
  return kinds.get(nearest) === "folder" ? nearest : undefined;
};

/** A folder is allowed where a pattern is for all that it may hold. */
const isAllowed = (
  { kinds }: TreeListing,
  allowed: readonly string[],
  isForbidden: (path: string) => boolean,
  path: string,
): boolean => {
  if (path.includes("\\")) return false;
  const isFolder = kinds.get(path) === "folder";
  const judged = isFolder ? `${path}/x` : path;
  const rules = isFolder ? allowed.filter((rule) => rule.endsWith("/")) : allowed;
  return !isForbidden(judged) && rules.some((rule) => isPermitted(rule, judged));
};

/**
 * Folders on the way from a writable one down to a deeper mount. As mounts of their own they cannot be moved away, with
 * what is laid below them.
 */
const anchors = (
  writable: ReadonlySet<string>,
  pins: ReadonlySet<string>,
  masks: ReadonlyMap<string, Cover>,
): ReadonlySet<string> => {
  const isMount = (path: string): boolean => writable.has(path) || pins.has(path) || masks.has(path);
  const found = new Set<string>();
  for (const path of [...writable, ...pins, ...masks.keys()])
    for (const folder of foldersAbove(path)) {
      const nearest = [...foldersAbove(folder).toReversed(), ""].find(isMount);
      if (!isMount(folder) && nearest !== undefined && writable.has(nearest)) found.add(folder);
    }
  return found;
};
