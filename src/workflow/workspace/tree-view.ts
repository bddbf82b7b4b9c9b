import type { WorkspaceEntry } from "./workspace.ts";

export interface TreeNode {
  /** Without a final `/`; the root is the empty path. */
  readonly path: string;
  readonly kind: "file" | "folder" | "link";
}

/** A tree listing that can be asked for one path and for what lies directly in a folder. */
export interface TreeView {
  /** Parents before what they hold, otherwise by path. */
  readonly nodes: readonly TreeNode[];
  node(path: string): TreeNode | undefined;
  inside(folder: string): readonly TreeNode[];
}

export const viewOfTree = (entries: readonly WorkspaceEntry[]): TreeView => {
  const nodes = entries.map(nodeOf).sort(byDepth);
  const byPath = new Map<string, TreeNode>([
    ["", { path: "", kind: "folder" }],
    ...nodes.map((node) => [node.path, node] as const),
  ]);
  const byFolder = Map.groupBy(nodes, (node) => parentOf(node.path));
  return { nodes, node: (path) => byPath.get(path), inside: (folder) => byFolder.get(folder) ?? [] };
};

/** The folder that a path lies in; the root for a path of one segment. */
export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

export const isWithin = (folder: string, path: string): boolean =>
  folder === "" || path === folder || path.startsWith(`${folder}/`);

/** Shortest first: what is mounted later lies above what is mounted before. */
export const byDepth = (a: { readonly path: string }, b: { readonly path: string }): number =>
  depthOf(a.path) - depthOf(b.path) || (a.path < b.path ? -1 : 1);

export const depthOf = (path: string): number => (path === "" ? 0 : path.split("/").length);

const KINDS = { "100644": "file", "100755": "file", "120000": "link", "040000": "folder" } as const;

const nodeOf = ({ path, mode }: WorkspaceEntry): TreeNode => ({ path: path.replace(/\/$/, ""), kind: KINDS[mode] });
