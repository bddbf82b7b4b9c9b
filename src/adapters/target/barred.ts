import { constants, readFileSync } from "node:fs";
import { access, lstat } from "node:fs/promises";
import path from "node:path";

import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { lookAt, NONE, stateOf } from "./checkout.ts";
import { shown } from "./path-name.ts";
import type { TreeChange } from "./tree-changes.ts";

/**
 * Why a commit could not be checked out as things lie now, one reason for each path; none if it could. Asked before the
 * branch moves, since a file that git ignores makes no work tree unclean and may still lie where the commit adds one.
 */
export const barredAmong = async (repository: string, changes: readonly TreeChange[]): Promise<readonly Refusal[]> => {
  const mounts = mountPoints();
  // Each new file is made whole in `.git` and moved, and nothing is moved from one mount to another.
  if (mounts.has(path.join(repository, ".git"))) return [unclean(".git is a mount of its own")];
  const why = await Promise.all(changes.map((change) => whyBarred(repository, mounts, change)));
  return why.filter((reason) => reason !== undefined).map(unclean);
};

const unclean = (what: string): Refusal => refusal("commit/target-not-clean", { what });

const whyBarred = async (
  repository: string,
  mounts: ReadonlySet<string>,
  change: TreeChange,
): Promise<string | undefined> => {
  let folder = repository;
  const parts = change.path.split("/");
  for (const [at, part] of parts.entries()) {
    const entry = path.join(folder, part);
    const name = shown(parts.slice(0, at + 1).join("/"));
    if (mounts.has(entry)) return `${name} is a mount of its own`;
    if (at + 1 === parts.length) break;
    const stat = await lstat(entry).catch(() => undefined);
    if (stat === undefined) break;
    if (!stat.isDirectory()) return `${name} is no folder, and ${shown(change.path)} belongs below it`;
    folder = entry;
  }
  if (!(await mayChange(folder))) return `${shown(path.relative(repository, folder))}/ may not be written`;
  const found = await lookAt(path.join(repository, change.path));
  if (found.is === stateOf(change.oldMode, change.oldBlob)) return undefined;
  return change.oldMode === NONE
    ? `${shown(change.path)} is there already, and the commit adds it`
    : `${shown(change.path)} is not as the branch has it`;
};

const mayChange = (folder: string): Promise<boolean> =>
  access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );

const mountPoints = (): ReadonlySet<string> =>
  new Set(
    readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .flatMap((line) => line.split(" ").slice(4, 5))
      .map((point) => point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))),
  );
