import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, closeSync, constants, fchmodSync, mkdirSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { chmod, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { promisify } from "node:util";

import { Failure } from "../../workflow/failure.ts";
import type { Oid, RunId } from "../../workflow/ids.ts";
import type { Checkout, Workspace, WorkspaceEntry } from "../../workflow/workspace/workspace.ts";
import { inBatches, readObjects } from "./objects.ts";
import { removeFolder } from "./remove-folder.ts";
import { readTree, type TreeEntry } from "./tree.ts";

/** One tree of the Harness's own git directory, read; nothing is laid. One that no checkout may make is a Failure. */
export const openWorkspace = async (
  ledger: string,
  run: RunId,
  tree: Oid,
  purpose: Workspace["purpose"],
): Promise<Workspace> => {
  const entries = (await readTree(ledger, tree)).map(workspaceEntry);
  return { id: `${run}-${purpose}-${randomBytes(6).toString("hex")}`, run, purpose, tree, ledger, entries };
};

/** A copy of the whole tree for one stage, below `shelf`. */
export const layPrivate = async (workspace: Workspace, shelf: string, owner: number): Promise<Checkout> => {
  const folder = join(shelf, workspace.id);
  await mkdir(shelf, { recursive: true, mode: 0o711 });
  await layTree(workspace.ledger, workspace.tree, folder, owner);
  return { folder, over: "nothing" };
};

/**
 * Lays one tree as raw bytes into a new folder: no `.git`, no filter, no checkout machinery, nothing shared with the
 * target (R063).
 */
export const layTree = async (ledger: string, tree: Oid, folder: string, owner: number): Promise<void> =>
  layEntries(ledger, await readTree(ledger, tree), folder, owner);

/** The same of some entries of a tree, each folder before what it holds. */
export const layEntries = async (
  ledger: string,
  laid: readonly TreeEntry[],
  folder: string,
  owner: number,
): Promise<void> => {
  await mkdir(folder);
  try {
    await chmod(folder, 0o755);
    for (const entry of laid) if (entry.mode === "040000") layFolder(inside(folder, entry));
    const contents = laid.filter(({ mode }) => mode !== "040000");
    for (const batch of await inBatches(ledger, contents)) await layBatch(ledger, folder, batch);
    if (owner !== process.getuid?.()) await giveTo(owner, folder);
  } catch (cause) {
    await removeFolder(folder);
    throw cause;
  }
};

/** Removes what was laid for a Workspace alone, whatever modes and depths the agent left in it; no link is followed. */
export const closeWorkspace = ({ id }: Workspace, shelf: string): Promise<void> => removeFolder(join(shelf, id));

// A uid that owns nothing of the tree could neither write it nor, mapped alone into its namespace, create in it.
const giveTo = async (uid: number, folder: string): Promise<void> => {
  await promisify(execFile)("/bin/chown", ["-R", "-h", "-P", "--", `${uid}:${uid}`, folder], { env: {} });
};

const workspaceEntry = ({ path, mode }: TreeEntry): WorkspaceEntry => {
  if (mode === "160000") throw new Failure("target/git-failed", `${path} is a gitlink: no workspace can hold it`);
  return { path: mode === "040000" ? `${path}/` : path, mode };
};

const inside = (folder: string, { raw }: TreeEntry): Buffer => Buffer.concat([Buffer.from(`${folder}/`), raw]);

const layFolder = (path: Buffer): void => {
  mkdirSync(path);
  chmodSync(path, 0o755);
};

const layBatch = async (gitDir: string, folder: string, batch: readonly TreeEntry[]): Promise<void> => {
  const contents = await readObjects(gitDir, new Set(batch.map(({ oid }) => oid)), "blob");
  for (const [at, entry] of batch.entries()) {
    const bytes = contents.get(entry.oid);
    if (bytes === undefined) throw new TypeError(`${entry.oid} was read and is not there`);
    if (entry.mode === "120000") symlinkSync(bytes, inside(folder, entry));
    else layFile(inside(folder, entry), bytes, entry.mode === "100755" ? 0o755 : 0o644);
    if (at % ENTRIES_PER_TURN === 0) await nextTurn();
  }
};

// Four short calls a file: waiting for each in turn would take ten times as long.
const ENTRIES_PER_TURN = 64;

const layFile = (path: Buffer, bytes: Buffer, mode: number): void => {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  const file = openSync(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode);
  try {
    writeFileSync(file, bytes);
    fchmodSync(file, mode);
  } finally {
    closeSync(file);
  }
};
