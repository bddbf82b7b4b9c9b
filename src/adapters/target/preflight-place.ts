import { lstatSync, realpathSync, type BigIntStats } from "node:fs";
import { dirname, isAbsolute, join, sep } from "node:path";

import { Failure } from "../../workflow/failure.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { shown } from "./path-name.ts";
import { codeOf, readPlainFile } from "./plain-file.ts";

/** Where the target stands, if it stands there plainly: a folder with a `.git` folder, no link on the way. */
export interface Place {
  readonly root: BigIntStats;
  readonly git: BigIntStats;
}

export interface PlaceSeen {
  readonly place?: Place;
  readonly refusals: readonly Refusal[];
}

/** Path, owner and kind of the folder and of its `.git`, by `lstat` only. */
export const lookAtPlace = (path: string, uid: number): PlaceSeen => {
  const elsewhere = (found: string): PlaceSeen => ({
    refusals: [refusal("admission/not-the-repository", { path: shown(path), found })],
  });
  if (!isAbsolute(path) || path.includes("\0")) return elsewhere("it is not an absolute path");
  const link = firstLink(path);
  if (link !== undefined) return elsewhere(`${shown(link)} is a symbolic link`);
  const root = statOf(path);
  if (root === undefined) return { refusals: [refusal("admission/target-absent", { path: shown(path) })] };
  const real = realpathSync.native(path);
  if (real !== path) return elsewhere(`its plain form is ${shown(real)}`);
  if (!root.isDirectory()) return notARepository(path, "it is not a folder");

  const git = statOf(join(path, ".git"));
  if (git === undefined) return withoutGit(path);
  if (git.isSymbolicLink()) return elsewhere(".git is a symbolic link");
  if (!git.isDirectory()) return { refusals: [gitFile(path)] };
  return {
    place: { root, git },
    refusals: [...ownership(path, root, uid), ...ownership(join(path, ".git"), git, uid)],
  };
};

const ownership = (path: string, stat: BigIntStats, uid: number): Refusal[] => {
  const owner = Number(stat.uid);
  return [
    ...(owner === uid ? [] : [refusal("admission/foreign-owner", { path: shown(path), owner, uid })]),
    ...((stat.mode & 0o2n) === 0n ? [] : [refusal("admission/world-writable", { path: shown(path), count: 1 })]),
  ];
};

const firstLink = (path: string): string | undefined => {
  const parts = path.split(sep);
  for (let length = 2; length <= parts.length; length += 1) {
    const part = parts.slice(0, length).join(sep);
    if (statOf(part)?.isSymbolicLink() === true) return part;
  }
  return undefined;
};

const statOf = (path: string): BigIntStats | undefined => {
  try {
    return lstatSync(path, { bigint: true });
  } catch (cause) {
    const code = codeOf(cause);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ENAMETOOLONG") return undefined;
    throw new Failure("target/unreadable", `${path}: ${code}`, { cause });
  }
};

const notARepository = (path: string, found: string): PlaceSeen => ({
  refusals: [refusal("admission/not-a-repository", { path: shown(path), found })],
});

const withoutGit = (path: string): PlaceSeen => {
  const bare = ["HEAD", "objects", "refs"].every((name) => statOf(join(path, name)) !== undefined);
  if (bare) return { refusals: [refusal("admission/bare", { found: `${shown(path)} is itself a git directory` })] };
  for (let above = dirname(path); ; above = dirname(above)) {
    if (statOf(join(above, ".git")) !== undefined) return notARepository(path, `the root is ${shown(above)}`);
    if (above === dirname(above)) return notARepository(path, "it has no .git");
  }
};

const POINTER_BYTES_MAX = 4096;

/** A `.git` file leads to a git directory elsewhere: a submodule's, or that of a linked work tree. */
const gitFile = (path: string): Refusal => {
  const pointer = readPlainFile(join(path, ".git"), POINTER_BYTES_MAX);
  const text = pointer.is === "plain" ? new TextDecoder().decode(pointer.bytes).trimEnd() : pointer.is;
  const found = `.git is not a folder but says ${shown(text)}`;
  return /\/modules\//.test(text)
    ? refusal("admission/submodule", { found })
    : refusal("admission/linked-worktree", { found });
};
