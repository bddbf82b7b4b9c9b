import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { Commit, Rehearsal } from "../../workflow/commit/commit.ts";
import type { Oid } from "../../workflow/ids.ts";
import { git } from "./git.ts";
import { initialise, oidOf } from "./ledger-clone.ts";
import { identityAt } from "./plumb-commit.ts";

/**
 * The revert of a commit by git's own machinery, in a throw-away git directory that only borrows the ledger clone's
 * objects (git.md 12). Whatever comes out is told as it is; the target has no part in it.
 */
export const rehearse = async (ledger: string, commit: Commit, epochSeconds: number): Promise<Rehearsal> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-rehearsal-"));
  try {
    const scratch = await openScratch(path.join(folder, "scratch.git"), ledger, commit);
    const worktree = path.join(folder, "tree");
    await mkdir(worktree);
    const call = { env: { ...identityAt(epochSeconds), GIT_WORK_TREE: worktree } };
    await git(scratch, ["read-tree", "-m", "-u", "HEAD"], call);
    const revert = ["revert", "--no-edit", "--no-gpg-sign", commit.commit];
    const { text } = await git(scratch, revert, { ...call, answers: [1, 128] });
    const [revertTree, baseTree] = await treesOf(scratch, commit.parent);
    return { argv: ["git", ...revert], output: text, revertTree, equalsBaseTree: revertTree === baseTree };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** The trees of HEAD and of the base, as git tells them of the scratch directory. */
const treesOf = async (scratch: string, base: Oid): Promise<readonly [Oid, Oid]> => {
  const { text } = await git(scratch, ["rev-parse", "HEAD^{tree}", `${base}^{tree}`]);
  const [head = "", before = "", ...more] = text.split("\n");
  assert.equal(more.length, 0, "git told of two trees");
  return [oidOf(head), oidOf(before)];
};

/** A git directory of its own that stands on the commit. Its history ends at the base, whatever the ledger clone holds. */
const openScratch = async (gitDir: string, ledger: string, { commit, parent }: Commit): Promise<string> => {
  await mkdir(gitDir);
  await initialise(gitDir);
  await writeFile(path.join(gitDir, "objects", "info", "alternates"), `${path.join(ledger, "objects")}\n`);
  await writeFile(path.join(gitDir, "shallow"), `${parent}\n`);
  await writeFile(path.join(gitDir, "HEAD"), `${commit}\n`);
  return gitDir;
};
