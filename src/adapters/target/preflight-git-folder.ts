import { join } from "node:path";

import { isLock, isUnfinished } from "../../workflow/admission/unfinished.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { isHeldLock } from "./control-plane.ts";
import { shown } from "./path-name.ts";
import { walk, type Found } from "./walk.ts";

export interface GitFolderTerms {
  readonly uid: number;
  /** Content of the `index.lock` that the Harness holds, if it does. */
  readonly heldLock?: string;
}

/** What the names in `T/.git` alone tell: redirections, unfinished work, locks, links, strangers. No file is opened. */
export const lookAtGitFolder = (repository: string, terms: GitFolderTerms): readonly Refusal[] => {
  const gitDir = join(repository, ".git");
  const entries = [...walk(gitDir, () => false)].filter(({ path }) => !path.startsWith("hooks/"));
  const held = isHeldLock(gitDir, terms.heldLock);
  return [
    ...entries.flatMap((entry) => redirection(entry)),
    ...operations(entries),
    ...entries
      .filter(({ path }) => isLock(path) && !(held && path === "index.lock"))
      .map(({ path }) => refusal("admission/locked", { found: inGit(path) })),
    ...linksAndSpecials(repository, entries),
    ...strangers(entries, terms.uid),
  ];
};

const inGit = (path: string): string => `.git/${shown(path)}`;

const redirection = ({ path }: Found): Refusal[] => {
  const found = inGit(path);
  switch (path) {
    case "commondir":
    case "gitdir":
    case "worktrees":
      return [refusal("admission/linked-worktree", { found })];
    case "modules":
      return [refusal("admission/submodule", { found })];
    case "shallow":
      return [refusal("admission/shallow", { found })];
    case "info/grafts":
      return [refusal("admission/grafts", { found })];
    case "objects/info/alternates":
    case "objects/info/http-alternates":
      return [refusal("admission/alternates", { found })];
    case "config.worktree":
      return [refusal("admission/config-worktree", { found })];
    case "info/sparse-checkout":
      return [refusal("admission/sparse", { found })];
    case "reftable":
      return [refusal("admission/extension", { found })];
  }
  if (path.startsWith("sharedindex.")) return [refusal("admission/split-index", { found })];
  if (/^objects\/pack\/.*\.promisor$/s.test(path)) return [refusal("admission/partial-clone", { found })];
  return [];
};

const operations = (entries: readonly Found[]): Refusal[] => {
  const found = entries.map(({ path }) => path).filter(isUnfinished);
  return found.length === 0 ? [] : [refusal("admission/operation-in-progress", { found: found.map(inGit).join(", ") })];
};

const linksAndSpecials = (repository: string, entries: readonly Found[]): Refusal[] =>
  entries.flatMap(({ path, stat }) => {
    if (stat.isSymbolicLink()) {
      const found = `${inGit(path)} is a symbolic link`;
      return [refusal("admission/not-the-repository", { path: shown(repository), found })];
    }
    return stat.isFile() || stat.isDirectory() ? [] : [refusal("admission/special-file", { path: inGit(path) })];
  });

const strangers = (entries: readonly Found[], uid: number): Refusal[] => {
  const foreign = entries.find(({ stat }) => Number(stat.uid) !== uid);
  const open = entries.filter(({ stat }) => !stat.isSymbolicLink() && (stat.mode & 0o2n) !== 0n);
  const [first] = open;
  return [
    ...(foreign === undefined
      ? []
      : [refusal("admission/foreign-owner", { path: inGit(foreign.path), owner: Number(foreign.stat.uid), uid })]),
    ...(first === undefined
      ? []
      : [refusal("admission/world-writable", { path: inGit(first.path), count: open.length })]),
  ];
};
