import { constants } from "node:fs";
import { chmod, mkdir, mkdtemp, open, symlink } from "node:fs/promises";
import { join } from "node:path";

import { Failure } from "../../workflow/failure.ts";
import type { Oid, RunId } from "../../workflow/ids.ts";
import type { Workspace, WorkspaceEntry } from "../../workflow/workspace/workspace.ts";
import { inBatches, readObjects } from "./objects.ts";
import { removeFolder } from "./remove-folder.ts";
import { readTree, type TreeEntry } from "./tree.ts";

/**
 * Lays one tree of the Harness's own git directory as raw bytes into a fresh folder: no `.git`, no filter, no checkout
 * machinery, nothing shared with the target (R063). A tree that no checkout may make is a Failure.
 */
export const layWorkspace = async (
  ledgerGitDir: string,
  run: RunId,
  tree: Oid,
  purpose: Workspace["purpose"],
  parentFolder: string,
): Promise<Workspace> => {
  const laid = await readTree(ledgerGitDir, tree);
  const entries = laid.map(workspaceEntry);
  await mkdir(parentFolder, { recursive: true, mode: 0o711 });
  const folder = await mkdtemp(join(parentFolder, `${run}-${purpose}-`));
  try {
    await chmod(folder, 0o755);
    for (const entry of laid) if (entry.mode === "040000") await layFolder(inside(folder, entry));
    const contents = laid.filter(({ mode }) => mode !== "040000");
    for (const batch of await inBatches(ledgerGitDir, contents)) await layBatch(ledgerGitDir, folder, batch);
    return { run, purpose, folder, tree, entries };
  } catch (cause) {
    await removeFolder(folder);
    throw cause;
  }
};

/** Removes the folder whatever modes and depths the agent left in it; no link is followed. */
export const closeWorkspace = (workspace: Workspace): Promise<void> => removeFolder(workspace.folder);

const workspaceEntry = ({ path, mode }: TreeEntry): WorkspaceEntry => {
  if (mode === "160000") throw new Failure("target/git-failed", `${path} is a gitlink: no workspace can hold it`);
  return { path: mode === "040000" ? `${path}/` : path, mode };
};

const inside = (folder: string, { raw }: TreeEntry): Buffer => Buffer.concat([Buffer.from(`${folder}/`), raw]);

const layFolder = async (path: Buffer): Promise<void> => {
  await mkdir(path);
  await chmod(path, 0o755);
};

const layBatch = async (gitDir: string, folder: string, batch: readonly TreeEntry[]): Promise<void> => {
  const contents = await readObjects(gitDir, new Set(batch.map(({ oid }) => oid)), "blob");
  for (const entry of batch) {
    const bytes = contents.get(entry.oid);
    if (bytes === undefined) throw new TypeError(`${entry.oid} was read and is not there`);
    if (entry.mode === "120000") await symlink(bytes, inside(folder, entry));
    else await layFile(inside(folder, entry), bytes, entry.mode === "100755" ? 0o755 : 0o644);
  }
};

const layFile = async (path: Buffer, bytes: Buffer, mode: number): Promise<void> => {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = await open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    await file.writeFile(bytes);
    await file.chmod(mode);
  } finally {
    await file.close();
  }
};
