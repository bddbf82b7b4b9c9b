import type { DiffFile } from "../../harness/objects/diff.ts";
import { readDiff, type RunDiff } from "../../harness/reading/read-diff.ts";
import { visible, visibleLog } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { pickRun } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

interface Flags {
  readonly stat: boolean;
  readonly nameOnly: boolean;
  readonly raw: boolean;
}

/** `cto diff RUN`: the patch, or the judged paths of a run whose changes were thrown away. */
export const act: Act<Flags, [string]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const run = await pickRun(world, given);
    if (isAnswer(run)) return run;
    const diff = await readDiff(world, run);
    if (diff === "not-sealed") return usageError(`${run} has no sealed report yet`, `cto show ${run}`);
    if (flags.raw && diff.patch === "none")
      return usageError(`${run} made no commit, so there is no patch`, `cto diff ${run}`);
    const answer: Answer = {
      noun: "diff",
      exit: EXIT.done,
      data: { run, patchSha256: diff.patchSha256, files: diff.files },
      text: textOf(flags, diff),
      ...(diff.patch === "none" ? { story: `${run} made no commit: these are the changes that were judged` } : {}),
    };
    return flags.raw && diff.patch !== "none" ? { ...answer, raw: diff.patch } : answer;
  });

const textOf = ({ stat, nameOnly }: Flags, { patch, files }: RunDiff): string => {
  if (nameOnly) return files.map(({ path }) => visible(path)).join("\n");
  if (stat || patch === "none") return files.length === 0 ? "Nothing was changed." : table(files.map(rowOf));
  return visibleLog(new TextDecoder().decode(patch)).replace(/\n$/, "");
};

const rowOf = ({ path, change, verdict, added, removed, oldMode, newMode, binary }: DiffFile): readonly string[] => [
  change,
  verdict,
  visible(path),
  binary ? "binary" : added === null ? "" : `+${added} -${removed ?? 0}`,
  oldMode !== null && newMode !== null && oldMode !== newMode ? `mode ${oldMode} -> ${newMode}` : "",
];
