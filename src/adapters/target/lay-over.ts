import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";

import { Failure } from "../../workflow/failure.ts";
import type { Oid } from "../../workflow/ids.ts";
import type { Checkout, Workspace } from "../../workflow/workspace/workspace.ts";
import { laidType } from "./compare-manifests.ts";
import { foldersAbove } from "./folders.ts";
import { shown } from "./path-name.ts";
import { readTree, type TreeEntry } from "./tree.ts";
import { layEntries } from "./workspace.ts";

/** What makes the Workspace's tree of a checkout of `base`, below `shelf`: whole files, and the paths to take away first. */
export const layOver = async (
  { id, ledger, tree }: Workspace,
  base: Oid,
  shelf: string,
  owner: number,
): Promise<Checkout["over"]> => {
  if (tree === base) return "nothing";
  const { files, gone } = differenceOf(await readTree(ledger, base), await readTree(ledger, tree));
  const folder = join(shelf, id);
  await mkdir(dirname(folder), { recursive: true, mode: 0o711 });
  await layEntries(ledger, files, folder, owner);
  return { folder, gone };
};

interface Difference {
  /** What is laid, with the folders that it lies in. */
  readonly files: readonly TreeEntry[];
  readonly gone: readonly string[];
}

/** Only the same file with other bytes is laid over the old one; whatever else differs comes where nothing is. */
const differenceOf = (from: readonly TreeEntry[], to: readonly TreeEntry[]): Difference => {
  const before = new Map(from.map((entry) => [keyOf(entry), entry]));
  const after = new Map(to.map((entry) => [keyOf(entry), entry]));
  const gone = new Set<string>();
  for (const [key, entry] of before) if (isReplaced(entry, after.get(key))) gone.add(key);
  const topmost = [...gone].filter((key) => !foldersAbove(key).some((folder) => gone.has(folder)));
  const laid = to.filter((entry) => entry.mode !== "040000" && differs(before.get(keyOf(entry)), entry));
  const needed = new Set(laid.flatMap((entry) => [keyOf(entry), ...foldersAbove(keyOf(entry))]));
  return {
    files: to.filter((entry) => needed.has(keyOf(entry))),
    gone: topmost.map((key) => nameOf(before.get(key))),
  };
};

const differs = (before: TreeEntry | undefined, after: TreeEntry): boolean =>
  before?.mode !== after.mode || before.oid !== after.oid;

const isReplaced = (before: TreeEntry, after: TreeEntry | undefined): boolean => {
  if (after === undefined || after.mode !== before.mode) return true;
  return laidType(before) === "l" && after.oid !== before.oid;
};

const keyOf = ({ raw }: TreeEntry): string => raw.toString("latin1");

const nameOf = (entry: TreeEntry | undefined): string => {
  if (entry?.utf8 === true) return entry.path;
  throw new Failure("target/unreadable", `${shown(entry?.path ?? "")} has no name that can be told to a stage`);
};
