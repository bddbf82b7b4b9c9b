import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { git } from "./git.ts";

/** What stock git makes of a bundle's objects and patch, in an empty repository of its own (evidence.md 11, R1). */
export const replayPatch = async (objects: {
  readonly basePack: Uint8Array;
  readonly baseCommitRaw: Uint8Array;
  readonly commitRaw: Uint8Array;
  readonly patch: Uint8Array;
}): Promise<{ readonly tree: string; readonly commit: string; readonly base: string }> => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-replay-"));
  try {
    const gitDir = path.join(folder, "scratch.git");
    await git(gitDir, ["init", "-q", "--bare", "--template=", "-b", "none", gitDir]);
    await git(gitDir, ["index-pack", "--stdin"], { input: objects.basePack });
    const env = { GIT_INDEX_FILE: path.join(folder, "index") };
    const patch = path.join(folder, "patch.diff");
    await writeFile(patch, objects.patch);
    const baseTree = /^tree ([0-9a-f]{40})\n/.exec(new TextDecoder().decode(objects.baseCommitRaw))?.[1] ?? "none";
    await git(gitDir, ["read-tree", baseTree], { env });
    await git(gitDir, ["apply", "--cached", "--binary", "--whitespace=nowarn", patch], { env });
    const tree = (await git(gitDir, ["write-tree", "--missing-ok"], { env })).text;
    const id = async (raw: Uint8Array): Promise<string> =>
      (await git(gitDir, ["hash-object", "-t", "commit", "--stdin"], { input: raw })).text;
    return { tree, commit: await id(objects.commitRaw), base: await id(objects.baseCommitRaw) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};
