import { join } from "node:path";

import type { CommittedPaths, Entry } from "../../workflow/packet/committed-paths.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { readRefs } from "./control-plane.ts";
import { openDoor } from "./door.ts";
import { damageIn, UNSAFE_TO_OPEN } from "./observe.ts";
import { lookAtConfig } from "./preflight-config.ts";
import { lookAtGitFolder } from "./preflight-git-folder.ts";
import { lookAtRefs } from "./preflight-head.ts";
import { treeOfCommit } from "./preflight-inside.ts";
import { lookAtPlace } from "./preflight-place.ts";
import { readTree, type TreeEntry } from "./tree.ts";

/**
 * What the branch of a repository holds, read through a door of ours; the work tree is not asked, so it may be unclean.
 * Writes nothing, runs nothing of the target; what cannot be looked at safely is refused as a preflight refuses it.
 */
export const listHead = async (path: string): Promise<Result<CommittedPaths, Refusal>> => {
  const uid = process.getuid?.() ?? -1;
  const { place, refusals: misplaced } = lookAtPlace(path, uid);
  if (place === undefined) return refused(misplaced);
  const outside = [...misplaced, ...lookAtGitFolder(path, { uid }), ...lookAtConfig(path).refusals];
  const { head, refusals: unborn } = lookAtRefs(await readRefs(join(path, ".git")));
  const unsafe = [...outside.filter(({ code }) => UNSAFE_TO_OPEN.has(code)), ...(head === undefined ? unborn : [])];
  if (head === undefined || unsafe.length > 0) return refused(unsafe);
  const door = await openDoor(path, head.branch);
  try {
    const entries = await readTree(door.gitDir, await treeOfCommit(door.gitDir, head.commit));
    return ok({ branch: head.branch, head: head.commit, entries: new Map(entries.map(named)) });
  } catch (cause) {
    return refuse(damageIn(cause));
  } finally {
    await door.close();
  }
};

const named = ({ path, mode }: TreeEntry): readonly [string, Entry] => [path, ENTRIES[mode]];

const ENTRIES: Readonly<Record<TreeEntry["mode"], Entry>> = {
  "100644": "file",
  "100755": "file",
  "120000": "link",
  "040000": "folder",
  "160000": "repository",
};

const refused = ([first, ...others]: readonly Refusal[]): Result<never, Refusal> => {
  if (first === undefined) throw new TypeError("nothing was seen and nothing was refused");
  return refuse(first, ...others);
};
