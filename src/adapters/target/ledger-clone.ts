import { appendFile, chmod, mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";

import type { TargetId } from "../../workflow/admission/observation.ts";
import { digestOf } from "../../workflow/digest.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseOid, type Oid } from "../../workflow/ids.ts";
import { syncFolder } from "./durable-file.ts";
import { git } from "./git.ts";
import { readPlainFile } from "./plain-file.ts";

/** The attributes of every git directory of ours: bytes are bytes, whatever the tree's own attributes say. */
const PLAIN_ATTRIBUTES = "* -text !eol -ident !filter !working-tree-encoding\n";

export const targetIdOf = (realPath: string): TargetId => digestOf(realPath).slice(0, 16);

/**
 * The Harness's own git directory of one target (git.md 3): bare, made without a template, never seen by the target.
 * Made on first use; several processes may make it at once, one of them wins by a rename.
 */
export const openLedgerClone = async (stateFolder: string, realPath: string): Promise<string> => {
  const shelf = path.join(stateFolder, "git");
  const gitDir = path.join(shelf, `${targetIdOf(realPath)}.git`);
  if (await exists(path.join(gitDir, "HEAD"))) return gitDir;
  await mkdir(shelf, { recursive: true, mode: 0o700 });
  const fresh = await mkdtemp(path.join(shelf, ".new-"));
  try {
    await initialise(fresh);
    // On disk before it has its name: after a power cut it is there whole or not at all.
    for (const name of [...WRITTEN, "info", "."]) await syncFolder(path.join(fresh, name));
    await rename(fresh, gitDir);
    await syncFolder(shelf);
  } catch (cause) {
    if (!(await exists(path.join(gitDir, "HEAD")))) throw cause;
    await rm(fresh, { recursive: true, force: true });
  }
  return gitDir;
};

const WRITTEN = ["config", "info/attributes", "HEAD"] as const;

/** The one that is there already, or undefined. */
export const findLedgerClone = async (stateFolder: string, realPath: string): Promise<string | undefined> => {
  const gitDir = path.join(stateFolder, "git", `${targetIdOf(realPath)}.git`);
  return (await exists(path.join(gitDir, "HEAD"))) ? gitDir : undefined;
};

/** An empty git directory with nothing in it that could run or rewrite anything. Its HEAD, written last, makes it one. */
export const initialise = async (gitDir: string): Promise<void> => {
  for (const folder of ["info", "objects", "objects/info", "objects/pack", "refs", "refs/heads", "refs/tags"])
    await mkdir(path.join(gitDir, folder), { recursive: true });
  await writeFile(path.join(gitDir, "config"), CONFIG);
  await writeFile(path.join(gitDir, "info", "attributes"), PLAIN_ATTRIBUTES);
  await writeFile(path.join(gitDir, "HEAD"), "ref: refs/heads/none\n");
  await letRead(gitDir);
};

/**
 * The uid of a stage reads here whatever the operator's umask is, while a closed folder around keeps everybody else out.
 * What git makes here later has such modes by `sharedRepository`.
 */
const letRead = async (gitDir: string): Promise<void> => {
  await chmod(gitDir, 0o755);
  for (const entry of await readdir(gitDir, { recursive: true, withFileTypes: true }))
    await chmod(path.join(entry.parentPath, entry.name), entry.isDirectory() ? 0o755 : 0o644);
};

const CONFIG = "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n\tsharedRepository = 0644\n";

/**
 * Copies one commit with its whole tree, without its history, through the door into the ledger clone, where every
 * object id is computed anew. The ref is written last, so that a commit with a ref is a commit that was checked.
 */
export const importCommit = async (ledger: string, door: string, commit: Oid): Promise<void> => {
  if (await isHeld(ledger, commit)) return;
  const names = await git(door, ["rev-list", "--objects", "--no-walk", "--no-object-names", commit]);
  const pack = await git(door, ["pack-objects", "-q", "--stdout"], { input: names.stdout });
  // One short append: several importers may do so at once, and a line that stands there twice does no harm.
  await appendFile(path.join(ledger, "shallow"), `${commit}\n`, { flush: true });
  await chmod(path.join(ledger, "shallow"), 0o644);
  await git(ledger, ["index-pack", "--strict", "--stdin"], { input: pack.stdout });
  await git(ledger, ["fsck", "--strict", "--no-dangling", "--no-progress"]);
  await git(ledger, ["update-ref", baseRef(commit), commit]);
};

/** Whether a ref of ours names this commit: then it is there with its whole tree. */
export const isHeld = async (ledger: string, commit: Oid): Promise<boolean> => {
  const base = readPlainFile(path.join(ledger, baseRef(commit)), OID_LINE_BYTES);
  if (base.is === "plain" && new TextDecoder().decode(base.bytes) === `${commit}\n`) return true;
  const held = await git(ledger, ["for-each-ref", "--format=%(objectname)", "refs/cto"]);
  return held.text.split("\n").includes(commit);
};

const baseRef = (commit: Oid): string => `refs/cto/bases/${commit}`;

const OID_LINE_BYTES = 41;

/** The commit that a ref names, or undefined where there is no such ref. */
export const readRef = async (gitDir: string, ref: string): Promise<Oid | undefined> => {
  const answer = await git(gitDir, ["rev-parse", "-q", "--verify", `${ref}^{commit}`], { answers: [1] });
  return answer.code === 0 ? parseOid(answer.text) : undefined;
};

/** The one object id that a git command printed. */
export const oidOf = (text: string): Oid => {
  const oid = parseOid(text.trim());
  if (oid === undefined)
    throw new Failure("target/git-failed", `git printed ${JSON.stringify(text)}, not an object id`);
  return oid;
};

export const treeOf = async (gitDir: string, commit: Oid): Promise<Oid> =>
  oidOf((await git(gitDir, ["rev-parse", "--verify", `${commit}^{tree}`])).text);

const exists = async (file: string): Promise<boolean> =>
  stat(file).then(
    () => true,
    () => false,
  );
