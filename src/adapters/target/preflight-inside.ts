import { parseOid, type Oid } from "../../workflow/ids.ts";
import type { Manifest } from "../../workflow/policy/changes.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { git } from "./git.ts";
import { takeManifest, type ManifestOptions } from "./manifest.ts";
import { DamagedObject, readObjects } from "./objects.ts";
import { lookAtTreeAttributes } from "./preflight-attributes.ts";
import { dirtiness, lookAtWorkTree, type WorkTreeSeen } from "./preflight-clean.ts";
import { judgeIndex, readIndex, type IndexSeen } from "./preflight-index.ts";
import { orThrow } from "./side-by-side.ts";
import { watchForStrangers } from "./strangers.ts";
import { readTree, type TreeEntry } from "./tree.ts";

/** What the door showed: the commit's tree, and how the work tree and the index stand to it. */
export interface Inside {
  readonly tree: Oid;
  readonly base: readonly TreeEntry[];
  readonly manifest: Manifest;
  readonly workTree: WorkTreeSeen;
  readonly indexFlags: IndexSeen["flags"];
  readonly refusals: readonly Refusal[];
}

export const lookInside = async (repository: string, door: string, commit: Oid, uid: number): Promise<Inside> => {
  const [committed, listed] = await Promise.allSettled([readCommitted(door, commit), readIndex(repository, door)]);
  const { tree, base } = orThrow(committed);
  const index = judgeIndex(orThrow(listed), base);
  const strangers = watchForStrangers(base, uid);
  const manifest = await targetManifest(repository, strangers.seen);
  const workTree = await lookAtWorkTree(door, base, manifest);
  const refusals = [
    ...(await lookAtTreeAttributes(door, base)),
    ...index.refusals,
    ...strangers.refusals(),
    ...workTree.refusals,
    ...dirtiness(workTree.unlike, index.unlike),
  ];
  return { tree, base, manifest, workTree, indexFlags: index.flags, refusals };
};

/** The work tree without its git directory. */
export const targetManifest = (
  repository: string,
  seen: NonNullable<ManifestOptions["seen"]> = () => undefined,
): Promise<Manifest> => takeManifest(repository, { skip: (path) => path === ".git", seen });

/** Commits without parents: with path, device and inode they are the identity of a repository (R039). */
export const rootsOf = async (door: string, commit: Oid): Promise<readonly Oid[]> => {
  const { code, text } = await git(door, ["rev-list", "--max-parents=0", commit], { answers: [128] });
  if (code !== 0) throw new DamagedObject(commit, "its history cannot be read to the end");
  return text
    .split("\n")
    .flatMap((line) => parseOid(line) ?? [])
    .sort();
};

const readCommitted = async (door: string, commit: Oid): Promise<Pick<Inside, "tree" | "base">> => {
  const tree = await treeOfCommit(door, commit);
  return { tree, base: await readTree(door, tree) };
};

/** The tree that a commit names. */
export const treeOfCommit = async (door: string, commit: Oid): Promise<Oid> => {
  const content = (await readObjects(door, new Set([commit]), "commit")).get(commit);
  const tree = parseOid(/^tree ([0-9a-f]{40})\n/.exec(content?.toString("latin1") ?? "")?.[1] ?? "");
  if (tree === undefined) throw new DamagedObject(commit, "it names no tree");
  return tree;
};
