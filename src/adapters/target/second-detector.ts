import type { StageFiles } from "../../seams/sandbox.ts";
import type { Oid } from "../../workflow/ids.ts";
import { GIT, NEUTRAL_CONFIG, NEUTRAL_ENV } from "./git.ts";

/** What git says of one path. */
interface GitChange {
  /** The name's bytes as latin1. */
  readonly key: string;
  /** `000000` where it is gone. */
  readonly mode: string;
  readonly blob: string;
}

/** `not-finished`: git stopped on what it found, which clears nothing. */
export type GitChanges = readonly GitChange[] | "not-finished";

/** The second detector of git.md 6: git itself, but never outside a confinement. */
export const changesByGit = async (tree: Oid, files: StageFiles): Promise<GitChanges> =>
  parseGitChanges(await files.examine(detectorArgv(tree)));

const LEDGER = "/run/cto/ledger.git";
const WORK_TREE = "/run/cto/workspace";
const STAGE = "/run/cto/stage";

/** Its objects and its index die with the stage; the last word tells whether every command ended well. */
const DETECTOR_SCRIPT: string = `
tree="$1"
w() { ${GIT} ${NEUTRAL_CONFIG.join(" ")} --git-dir=${LEDGER} --work-tree=${WORK_TREE} "$@"; }
export GIT_OBJECT_DIRECTORY=${STAGE}/objects GIT_INDEX_FILE=${STAGE}/index
export GIT_ALTERNATE_OBJECT_DIRECTORIES=${LEDGER}/objects
cd ${WORK_TREE} && mkdir ${STAGE}/objects && w read-tree "$tree" && w add -A -f . &&
w diff-index --cached --raw -z --no-renames --no-ext-diff --no-textconv --ignore-submodules=none --abbrev=40 "$tree"
printf 'ended %s' "$?"
`;

const detectorArgv = (tree: string): readonly string[] => [
  "/usr/bin/env",
  "-i",
  ...Object.entries(NEUTRAL_ENV).map(([name, value]) => `${name}=${value}`),
  "/bin/sh",
  "-c",
  DETECTOR_SCRIPT,
  "ledger",
  tree,
];

/** Rows of `diff-index --raw -z`, closed by `ended 0`. Anything else is no answer. */
export const parseGitChanges = (output: Uint8Array): GitChanges => {
  const parts = Buffer.from(output).toString("latin1").split("\0");
  if (parts.pop() !== "ended 0" || parts.length % 2 !== 0) return "not-finished";
  const changes: GitChange[] = [];
  for (let at = 0; at < parts.length; at += 2) {
    const [, mode, blob] = /^:[0-7]{6} ([0-7]{6}) [0-9a-f]{40} ([0-9a-f]{40}) [ADMTU]$/.exec(parts[at] ?? "") ?? [];
    if (mode === undefined || blob === undefined) return "not-finished";
    changes.push({ key: parts[at + 1] ?? "", mode, blob });
  }
  return changes;
};
