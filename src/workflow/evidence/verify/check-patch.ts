import { patchedTree } from "./patch-apply.ts";
import { PatchProblem } from "./patch-parse.ts";
import type { Reading } from "./reading.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const BASE = "base";
const PATCH = "patch";

/** Step 8: the base commit's bytes hash to the parent, and its tree with patch.diff applied is the committed tree. */
export const checkPatch = async (reading: Reading): Promise<readonly Check[]> => [
  ...checkBase(reading),
  ...(await checkTree(reading)),
];

const checkBase = ({ files, base, commit }: Reading): readonly Check[] => {
  if (!files.has("repo/commit.raw")) return [pass(BASE, "no commit was made")];
  const off = (says: string): Check => fail(BASE, "evidence/patch-differs", says, "repo/base-commit.raw");
  if (base === undefined) return [off("it does not read as a commit")];
  return passUnless(BASE, commit?.parents[0] === base.id ? [] : [off("it is not the parent of the commit")], base.id);
};

const checkTree = async (reading: Reading): Promise<readonly Check[]> => {
  const { files, tools, base, commit, patch } = reading;
  if (!files.has("repo/commit.raw")) return [pass(PATCH, "no commit was made")];
  const off = (says: string, file: string): readonly Check[] => [fail(PATCH, "evidence/patch-differs", says, file)];
  const objects = await reading.baseObjects();
  if (objects === undefined) return off("the base objects are not there", "repo/base.pack");
  if (commit === undefined) return off("it does not read as a commit", "repo/commit.raw");
  if (base === undefined) return off("it does not read as a commit", "repo/base-commit.raw");
  if (patch === undefined) return off("it is not there", "patch.diff");
  if (typeof patch === "string") return off(patch, "patch.diff");
  if (patch.length === 0) return off("it changes nothing", "patch.diff");
  if (!objects.ok) return off(objects.says, "repo/base.pack");
  try {
    const tree = await patchedTree(tools, objects.objects, base.tree, patch);
    return tree === commit.tree
      ? [pass(PATCH, `base tree and patch make tree ${tree}`)]
      : off(`base tree and patch make tree ${tree}, the commit names ${commit.tree}`, "patch.diff");
  } catch (error) {
    if (error instanceof PatchProblem) return off(error.message, "patch.diff");
    throw error;
  }
};
