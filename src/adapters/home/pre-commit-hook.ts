import { lstat } from "node:fs/promises";
import path from "node:path";

import { isErrno } from "./beneath.ts";

export const HOOK_PATH = ".git/hooks/pre-commit";

/** Where git looks for the hooks of a home that is the root of a plain repository: "folder", or "missing" where that is to be made. */
export const hooksOf = async (home: string): Promise<"folder" | "missing" | "no-repository"> => {
  if ((await kindOf(path.join(home, ".git"))) !== "folder") return "no-repository";
  const hooks = await kindOf(path.join(home, path.dirname(HOOK_PATH)));
  return hooks === "other" ? "no-repository" : hooks;
};

const kindOf = async (place: string): Promise<"folder" | "missing" | "other"> => {
  try {
    // Not what a link leads to: a hook laid through one would be that of another repository.
    return (await lstat(place)).isDirectory() ? "folder" : "other";
  } catch (error) {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return "missing";
    throw error;
  }
};

/** What git runs before a commit of the home. Names are handed on NUL by NUL: none of them is a word of the shell. */
export const HOOK_TEXT: string = `#!/bin/sh
# Written by cto init --hook: lints the packets of a commit, and stops it where one has an error. It grants nothing.
# A commit without it: git commit --no-verify
set -eu
staged() {
  git diff --cached --name-only -z --diff-filter=ACMRT -- ':(top,glob).sot/03-PROTOCOLS/*-APPROVAL-PACKET.md'
}
[ -n "$(staged | tr -d '\\0')" ] || exit 0
if ! command -v cto >/dev/null; then
  echo "pre-commit: there is no cto on the PATH to lint the packets of this commit" >&2
  exit 1
fi
# What is linted has to be what is committed.
if ! staged | xargs -0 git diff --quiet --; then
  echo "pre-commit: a packet is staged otherwise than its file is now: git add it, then commit" >&2
  exit 1
fi
staged | xargs -0 cto packet lint
`;
