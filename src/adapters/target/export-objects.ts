import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Commit, ExportedObjects } from "../../workflow/commit/commit.ts";
import type { Oid } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { treeOf } from "./ledger-clone.ts";
import { readObjects } from "./objects.ts";
import { linesOf, treeChanges } from "./tree-changes.ts";
import { NO_BLOB } from "./write-tree.ts";

/** What a stranger needs to compute tree and commit id anew (git.md 13), all of it from the ledger clone. */
export const exportObjects = async (ledger: string, { parent, commit }: Commit): Promise<ExportedObjects> => {
  const [pack, patch, commits] = await Promise.all([
    basePack(ledger, parent, commit),
    canonicalDiff(ledger, parent, commit),
    readObjects(ledger, new Set([parent, commit]), "commit"),
  ]);
  const raw = (id: Oid): Uint8Array => commits.get(id) ?? new Uint8Array();
  const baseIndex = await indexOf(ledger, pack);
  return { patch, basePack: pack, baseIndex, baseCommitRaw: raw(parent), commitRaw: raw(commit) };
};

/** The canonical patch between two trees or commits. No setting of anybody has a say in its bytes. */
export const canonicalDiff = async (ledger: string, from: Oid, to: Oid): Promise<Uint8Array> =>
  (await git(ledger, [...CANONICAL, from, to])).stdout;

const CANONICAL = [
  ["-c", "diff.noprefix=false", "-c", "core.quotePath=true", "diff-tree", "-r", "-p", "--binary", "--full-index"],
  ["--no-renames", "--no-ext-diff", "--no-textconv", "--src-prefix=a/", "--dst-prefix=b/", "--diff-algorithm=myers"],
].flat();

/** All trees of the base and the old contents of the changed paths, nothing else. */
const basePack = async (ledger: string, base: Oid, commit: Oid): Promise<Uint8Array> => {
  const [folders, changes, root] = await Promise.all([
    git(ledger, ["ls-tree", "-r", "-d", "--format=%(objectname)", base]),
    treeChanges(ledger, base, commit),
    treeOf(ledger, base),
  ]);
  const old = changes.map(({ oldBlob }) => oldBlob).filter((blob) => blob !== NO_BLOB);
  const objects = [...new Set([root, ...linesOf(folders), ...old])].sort();
  const args = ["pack-objects", "-q", "--stdout", "--window=0", "--depth=0", "--threads=1"];
  return (await git(ledger, args, { input: `${objects.join("\n")}\n` })).stdout;
};

/** Made beside the pack, which is a file of its own: nothing of it enters the ledger clone. */
const indexOf = async (ledger: string, pack: Uint8Array): Promise<Uint8Array> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-pack-"));
  try {
    const file = path.join(folder, "base.pack");
    const index = path.join(folder, "base.idx");
    await writeFile(file, pack);
    await git(ledger, ["index-pack", "-o", index, file]);
    return await readFile(index);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
