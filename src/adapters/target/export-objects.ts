import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Commit, ExportedObjects } from "../../workflow/commit/commit.ts";
import type { Oid } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { initialise, treeOf } from "./ledger-clone.ts";
import { linesOf, treeChanges } from "./tree-changes.ts";
import { NO_BLOB } from "./write-tree.ts";

/** What a stranger needs to compute tree and commit id anew (git.md 13), all of it from the ledger clone. */
export const exportObjects = async (ledger: string, { parent, commit }: Commit): Promise<ExportedObjects> => {
  const pack = await basePack(ledger, parent, commit);
  return {
    patch: await canonicalDiff(ledger, parent, commit),
    basePack: pack,
    baseIndex: await indexOf(pack),
    baseCommitRaw: await rawCommit(ledger, parent),
    commitRaw: await rawCommit(ledger, commit),
  };
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
  const folders = await git(ledger, ["ls-tree", "-r", "-d", "--format=%(objectname)", base]);
  const old = (await treeChanges(ledger, base, commit))
    .map(({ oldBlob }) => oldBlob)
    .filter((blob) => blob !== NO_BLOB);
  const objects = [...new Set([await treeOf(ledger, base), ...linesOf(folders), ...old])].sort();
  const args = ["pack-objects", "-q", "--stdout", "--window=0", "--depth=0", "--threads=1"];
  return (await git(ledger, args, { input: `${objects.join("\n")}\n` })).stdout;
};

const indexOf = async (pack: Uint8Array): Promise<Uint8Array> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-pack-"));
  try {
    const scratch = path.join(folder, "scratch.git");
    await mkdir(scratch);
    await initialise(scratch);
    const index = path.join(folder, "base.idx");
    await git(scratch, ["index-pack", "--stdin", "-o", index], { input: pack });
    return await readFile(index);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const rawCommit = async (ledger: string, commit: Oid): Promise<Uint8Array> =>
  (await git(ledger, ["cat-file", "commit", commit])).stdout;
