import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import type { PatchReplay } from "../../seams/target.ts";
import { git, type GitCall } from "./git.ts";

/** What stock git makes of a bundle's objects and patch, in an empty repository of its own (evidence.md 11, R1). */
export const replayPatch = async (objects: {
  readonly basePack: Uint8Array;
  readonly baseCommitRaw: Uint8Array;
  readonly commitRaw: Uint8Array;
  readonly patch: Uint8Array;
}): Promise<PatchReplay> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-replay-"));
  try {
    const gitDir = path.join(folder, "scratch.git");
    await git(gitDir, ["init", "-q", "--bare", "--template=", "-b", "none", gitDir]);
    const idOf = async (raw: Uint8Array): Promise<string> =>
      orWords(await git(gitDir, ["hash-object", "-t", "commit", "--stdin"], { input: raw, answers: SAYS_NO }));
    return {
      tree: await treeOf(gitDir, folder, objects),
      commit: await idOf(objects.commitRaw),
      base: await idOf(objects.baseCommitRaw),
      git: (await git(gitDir, ["--version"])).text.replace(/^git version /, ""),
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Objects that are broken and a patch that does not fit are answers here, not failures: the evidence is what is tried. */
const treeOf = async (
  gitDir: string,
  folder: string,
  {
    basePack,
    baseCommitRaw,
    patch,
  }: { readonly basePack: Uint8Array; readonly baseCommitRaw: Uint8Array; readonly patch: Uint8Array },
): Promise<string> => {
  const file = path.join(folder, "patch.diff");
  await writeFile(file, patch);
  const baseTree = /^tree ([0-9a-f]{40})\n/.exec(new TextDecoder().decode(baseCommitRaw))?.[1];
  if (baseTree === undefined) return "none: base-commit.raw names no tree";
  const env = { GIT_INDEX_FILE: path.join(folder, "index") };
  const steps: readonly (readonly [readonly string[], GitCall])[] = [
    [["index-pack", "--stdin"], { input: basePack }],
    [["read-tree", baseTree], { env }],
    [["apply", "--cached", "--binary", "--whitespace=nowarn", file], { env }],
  ];
  for (const [args, call] of steps) {
    const done = await git(gitDir, args, { ...call, answers: SAYS_NO });
    if (done.code !== 0) return orWords(done).replaceAll(`${folder}/`, "");
  }
  return orWords(await git(gitDir, ["write-tree", "--missing-ok"], { env, answers: SAYS_NO }));
};

const SAYS_NO = [1, 128];

const orWords = ({
  code,
  text,
  words,
}: {
  readonly code: number;
  readonly text: string;
  readonly words: string;
}): string => (code === 0 ? text : `none: ${words.split("\n")[0] ?? ""}`);
