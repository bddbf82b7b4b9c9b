import { LIMITS } from "../../limits.ts";
import { fromLatin1, textIn } from "./bytes.ts";
import type { FilePatch } from "./patch-parse.ts";
import { isForbidden, isPermitted, lettersIn } from "./path-rules.ts";
import type { Reading } from "./reading.ts";
import { fail, pass, passUnless, type Check } from "./verdict.ts";

const ID = "paths";

/** Step 8, the scope: every patched path is allowed by the approved contract, none is forbidden, all are plain files. */
export const checkPaths = ({ files, patch, records }: Reading): readonly Check[] => {
  if (!files.has("repo/commit.raw")) return [pass(ID, "no commit was made")];
  const off = (says: string): Check => fail(ID, "evidence/patch-differs", says, "patch.diff");
  const { contract } = records;
  if (contract === undefined || patch === undefined || typeof patch === "string")
    return [off("without contract and patch no path is judged")];
  if (patch.length > LIMITS.harvestChangesMax) return [off("it changes more files than one run can")];
  const letters = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + lettersIn(text), 0);
  const work = letters([...contract.allowedPaths, ...contract.forbiddenPaths]) * letters(patch.map(({ path }) => path));
  if (work > LIMITS.judgedRuleStepsMax) return [off("its paths and the contract's rules are longer than is read here")];
  const objections = patch.flatMap((file) => {
    const path = pathText(file.path);
    if (path === undefined) return [off("a path is no UTF-8")];
    return [
      ...(contract.allowedPaths.some((rule) => isPermitted(rule, path)) ? [] : [off(`${path} is not an allowed path`)]),
      ...contract.forbiddenPaths
        .filter((rule) => isForbidden(rule, path))
        .slice(0, 1)
        .map((rule) => off(`${path} is forbidden by ${rule}`)),
      ...(isPlainFile(file) ? [] : [off(`${path} is no plain file, or its mode changed`)]),
    ];
  });
  return passUnless(ID, objections, `${patch.length} changed paths, all allowed, none forbidden`);
};

/** A path of git as text, or undefined where it is none. */
export const pathText = (path: string): string | undefined => textIn(fromLatin1(path));

const PLAIN: ReadonlySet<string> = new Set(["100644", "100755"]);

const isPlainFile = ({ oldMode, newMode }: FilePatch): boolean =>
  (oldMode === "none" || PLAIN.has(oldMode)) &&
  (newMode === "none" || PLAIN.has(newMode)) &&
  (oldMode === "none" || newMode === "none" || oldMode === newMode);
