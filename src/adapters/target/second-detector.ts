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

/**
 * The second detector of git.md 6: git itself, but never outside a confinement. It looks at every file, or, over a
 * checkout that nobody can have written, at the places that were.
 */
export const changesByGit = async (
  tree: Oid,
  files: StageFiles,
  places: readonly Buffer[] | "everything",
): Promise<GitChanges> => {
  if (places === "everything") return parseGitChanges(await files.examine(detectorArgv(DETECTOR_SCRIPT, [tree])));
  const list = Buffer.concat(places.flatMap((place) => [place, NUL])).toString("base64");
  if (list.length > LIST_CHARACTERS_MAX) return "not-finished";
  const parts = list.match(/.{1,65536}/g) ?? [];
  return parseGitChanges(await files.examine(detectorArgv(JOURNAL_SCRIPT, [tree, ...parts])));
};

const NUL = Buffer.from([0]);

/** What the kernel takes as arguments of one program, with room to spare. */
const LIST_CHARACTERS_MAX = 1_048_576;

const LEDGER = "/run/cto/ledger.git";
const WORK_TREE = "/run/cto/workspace";
const STAGE = "/run/cto/stage";

/** Its objects and its index die with the stage; the last word tells whether every command ended well. */
const scriptOf = (add: string): string => `
tree="$1"; shift
w() { ${GIT} ${NEUTRAL_CONFIG.join(" ")} --git-dir=${LEDGER} --work-tree=${WORK_TREE} "$@"; }
export GIT_OBJECT_DIRECTORY=${STAGE}/objects GIT_INDEX_FILE=${STAGE}/index
export GIT_ALTERNATE_OBJECT_DIRECTORIES=${LEDGER}/objects
cd ${WORK_TREE} && mkdir ${STAGE}/objects && w read-tree "$tree" && ${add} &&
w diff-index --cached --raw -z --no-renames --no-ext-diff --no-textconv --ignore-submodules=none --abbrev=40 "$tree"
printf 'ended %s' "$?"
`;

const DETECTOR_SCRIPT: string = scriptOf("w add -A -f .");

/** The places come as base64, since names are bytes and arguments are not. Without one, git would take all for meant. */
const JOURNAL_SCRIPT: string = scriptOf(
  `{ [ "$#" = 0 ] || { printf %s "$@" | base64 -d >${STAGE}/places &&
w --literal-pathspecs add -A -f --pathspec-from-file=${STAGE}/places --pathspec-file-nul; }; }`,
);

const detectorArgv = (script: string, given: readonly string[]): readonly string[] => [
  "/usr/bin/env",
  "-i",
  ...Object.entries(NEUTRAL_ENV).map(([name, value]) => `${name}=${value}`),
  "/bin/sh",
  "-c",
  script,
  "ledger",
  ...given,
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
