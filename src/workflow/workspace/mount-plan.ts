import { LIMITS } from "../limits.ts";
import { forbids, judgePath, targetPath } from "../path-rules.ts";
import { isPlain } from "../wildcard.ts";
import { AGENT_CONFIG_PATHS } from "./agent-config.ts";
import { allowedPlace, reachesInto, type AllowedPlace } from "./allowed-places.ts";
import { byDepth, depthOf, isWithin, viewOfTree, type TreeNode, type TreeView } from "./tree-view.ts";
import type { WorkspaceEntry } from "./workspace.ts";

export interface MountOrder {
  readonly writable: readonly string[] | "nothing";
  readonly masked: readonly string[];
  readonly readOnly: readonly string[];
}

/** What is laid over a Workspace that is read-only as a whole; a later mount lies above an earlier one. */
export interface PlannedMount {
  readonly kind: "writable" | "pin" | "unreadable-file" | "unreadable-folder" | "empty-folder";
  /** Relative to the Workspace; the root is the empty path. */
  readonly path: string;
}

export interface MountPlan {
  readonly mounts: readonly PlannedMount[];
  readonly writableParents: readonly string[];
  readonly pins: readonly string[];
  readonly masks: readonly string[];
  /** Where more may be written than is allowed, or a link is seen: the manifest judges these afterwards. */
  readonly unpinned: readonly string[];
  /** Masks for which there was no room. Nothing may run in a stage that has one. */
  readonly unmasked: readonly string[];
}

/**
 * Pinned siblings (confinement.md 4), from the tree listing alone: the parents of allowed paths become writable, every
 * other entry of such a parent is pinned, and what nobody inside may read is covered last.
 */
export const planMounts = (entries: readonly WorkspaceEntry[], order: MountOrder): MountPlan => {
  const tree = viewOfTree(entries);
  const rules: Rules = { ...order, writable: order.writable === "nothing" ? [] : order.writable };
  const wanted = masksOf(tree, rules);
  const masks = wanted.masks.slice(0, LIMITS.sandboxMountsMax);
  const writing = writingMounts(
    tree,
    rules,
    new Set(wanted.masks.map((mask) => mask.path)),
    LIMITS.sandboxMountsMax - masks.length,
  );
  const mounts = [...withAnchors(tree, writing.mounts, masks), ...masks];
  const paths = (...kinds: readonly PlannedMount["kind"][]): readonly string[] =>
    mounts.filter((mount) => kinds.includes(mount.kind)).map((mount) => mount.path);
  return {
    mounts,
    writableParents: paths("writable"),
    pins: paths("pin"),
    masks: paths("unreadable-file", "unreadable-folder", "empty-folder"),
    unpinned: [...new Set([...writing.unpinned, ...wanted.links])].sort(),
    unmasked: wanted.masks.slice(LIMITS.sandboxMountsMax).map((mask) => mask.path),
  };
};

/**
 * Every folder on the way from a writable place down to a deeper mount becomes a mount of its own. A mount point cannot
 * be renamed, exchanged or removed; without these an agent could move the folder away, so that the next process of the
 * stage is started with its masks and pins laid somewhere else, or through a link that leads to the host.
 */
const withAnchors = (
  tree: TreeView,
  writing: readonly PlannedMount[],
  masks: readonly PlannedMount[],
): readonly PlannedMount[] => {
  const mounts = [...writing, ...masks];
  const planned = new Set(mounts.map(({ path }) => path));
  const anchors = new Set<string>();
  for (const { path } of mounts)
    for (const folder of foldersAbove(path))
      if (!planned.has(folder) && nearestMount(mounts, folder)?.kind === "writable") anchors.add(folder);
  const added = tree.nodes
    .filter((node) => anchors.has(node.path))
    .map(({ path }) => ({ kind: "writable", path }) as const);
  // Shallow before deep; the masks come after all of these, so that nothing lies above one.
  return [...writing, ...added].sort((a, b) => depthOf(a.path) - depthOf(b.path));
};

const nearestMount = (mounts: readonly PlannedMount[], folder: string): PlannedMount | undefined =>
  mounts
    .filter(({ path }) => isWithin(path, folder))
    .sort((a, b) => depthOf(a.path) - depthOf(b.path))
    .at(-1);

const foldersAbove = (path: string): readonly string[] => {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join("/"));
};

interface Rules {
  readonly writable: readonly string[];
  readonly masked: readonly string[];
  readonly readOnly: readonly string[];
}

// The topmost matching entries. A link is never covered: bubblewrap would follow it and cover something else.
const masksOf = (
  tree: TreeView,
  rules: Rules,
): { readonly masks: readonly PlannedMount[]; readonly links: readonly string[] } => {
  const masks: PlannedMount[] = [];
  const links: string[] = [];
  const visit = (folder: string): void => {
    for (const node of tree.inside(folder)) {
      const kind = maskOf(node, rules);
      if (kind === "none") {
        if (node.kind === "folder") visit(node.path);
      } else if (node.kind === "link") links.push(node.path);
      else masks.push({ kind, path: node.path });
    }
  };
  visit("");
  return { masks, links };
};

const maskOf = (node: TreeNode, rules: Rules): Exclude<PlannedMount["kind"], "writable" | "pin"> | "none" => {
  if (matches(rules.masked, node.path)) return node.kind === "folder" ? "unreadable-folder" : "unreadable-file";
  if (!matches(AGENT_CONFIG_PATHS, node.path) || isNamed(rules.writable, node.path)) return "none";
  return node.kind === "folder" ? "empty-folder" : "unreadable-file";
};

/** A contract that must change agent configuration names it, whole or in part; a glob that happens to match does not. */
export const isNamed = (writable: readonly string[], path: string): boolean =>
  writable.some((pattern) => {
    const name = pattern.replace(/\/$/, "");
    return isPlain(pattern) && (isWithin(path, name) || (pattern !== name && isWithin(name, path)));
  });

interface Writing {
  readonly mounts: readonly PlannedMount[];
  readonly unpinned: readonly string[];
}

const writingMounts = (tree: TreeView, rules: Rules, masked: ReadonlySet<string>, room: number): Writing => {
  const mounts: PlannedMount[] = [];
  const unpinned: string[] = [];
  for (const place of placesOf(tree, rules)) {
    if (place.extents.has("whole")) {
      mounts.push({ kind: "writable", path: place.path });
      unpinned.push(place.path);
      continue;
    }
    if (place.extents.has("glob")) unpinned.push(place.path);
    const siblings = tree.inside(place.path).filter((node) => !masked.has(node.path) && !isAllowed(rules, node));
    const open = siblings.filter(
      (node) => node.kind === "link" || (node.kind === "folder" && isReached(rules, node.path)),
    );
    const pins = siblings.filter((node) => !open.includes(node));
    const fits = mounts.length + pins.length < room;
    mounts.push({ kind: "writable", path: place.path });
    if (fits) mounts.push(...pins.map(({ path }) => ({ kind: "pin", path }) as const));
    unpinned.push(...(fits ? open.map((node) => node.path) : [place.path]));
  }
  return withProtected(tree, rules, masked, { mounts, unpinned }, room);
};

interface Place {
  readonly path: string;
  readonly extents: ReadonlySet<AllowedPlace["extent"]>;
}

// A place below one that is writable as a whole adds nothing, and a prohibition beats a place that lies beneath it.
const placesOf = (tree: TreeView, rules: Rules): readonly Place[] => {
  const found = rules.writable.flatMap((pattern) => allowedPlace(pattern, tree) ?? []);
  const places = [...Map.groupBy(found, (place) => place.folder)]
    .filter(([path]) => path === "" || !isProtected(rules, path))
    .map(([path, all]) => ({ path, extents: new Set(all.map((place) => place.extent)) }));
  const whole = places.filter((place) => place.extents.has("whole"));
  return places
    .filter((place) => !whole.some((other) => other !== place && isWithin(other.path, place.path)))
    .sort(byDepth);
};

// Entries of a writable region that no prohibition's mount covers yet: in a whole folder, or where a glob reaches.
const withProtected = (
  tree: TreeView,
  rules: Rules,
  masked: ReadonlySet<string>,
  writing: Writing,
  room: number,
): Writing => {
  const mounts = [...writing.mounts];
  const unpinned = [...writing.unpinned];
  for (const node of tree.nodes) {
    if (masked.has(node.path) || !matches(rules.readOnly, node.path)) continue;
    const above = mounts.findLast((mount) => isWithin(mount.path, node.path));
    if (above?.kind !== "writable") continue;
    if (node.kind === "link" || mounts.length >= room) unpinned.push(node.path);
    else mounts.push({ kind: "pin", path: node.path });
  }
  return { mounts, unpinned };
};

const isReached = (rules: Rules, folder: string): boolean =>
  rules.writable.some((pattern) => !isPlain(pattern) && reachesInto(pattern, folder)) && !isProtected(rules, folder);

// A folder is allowed where a pattern is for all that it may hold: judged by a name inside.
const isAllowed = (rules: Rules, node: TreeNode): boolean => {
  const judged = targetPath(node.kind === "folder" ? `${node.path}/x` : node.path);
  const allowed = node.kind === "folder" ? rules.writable.filter((pattern) => pattern.endsWith("/")) : rules.writable;
  return (
    judged !== undefined &&
    judgePath({ allowed, forbidden: [...rules.masked, ...rules.readOnly] }, judged).kind === "allowed"
  );
};

const isProtected = (rules: Rules, path: string): boolean => matches([...rules.masked, ...rules.readOnly], path);

// Prohibition is wide: any depth, any case, everything beneath.
const matches = (patterns: readonly string[], path: string): boolean =>
  patterns.some((pattern) => forbids(pattern, path));
