import { assertNever } from "../assert-never.ts";
import { wordsOf } from "../refusal.ts";
import type { RunRecord } from "./run-record.ts";

/** The verdict as one sentence, in the words of surface.md 1. Facts may be hostile: show it escaped. */
export const sayEnding = ({ ending, commit, proof }: Pick<RunRecord, "ending" | "commit" | "proof">): string => {
  const [first] = ending.refusals;
  const reason = first === undefined ? "" : ` ${wordsOf(first).says}`;
  switch (ending.kind) {
    case "awaiting_outcome":
      return `Awaiting outcome: one commit${commit === "none" ? "" : `, ${commit.commit}`}. The owner accepts or rejects it.`;
    case "blocked":
      return `Blocked by ${ending.refusals.length} refusals.${reason} Nothing was started.`;
    case "voided":
      return `Voided: no commit was made.${reason}`;
    case "failed":
      return `Failed: ${ending.failure === "none" ? ending.at : ending.failure.code}, may be retried.`;
    case "stopped":
      return `Stopped at ${ending.at}; ${whereTargetStands(commit, proof)}.`;
    case "interrupted":
      return `Interrupted at ${ending.at}; ${whereTargetStands(commit, proof)}.`;
    default:
      return assertNever(ending.kind);
  }
};

const whereTargetStands = (commit: RunRecord["commit"], proof: RunRecord["proof"]): string => {
  if (commit !== "none") return `the target holds commit ${commit.commit}`;
  return proof !== "unknown" && proof.wrong.length === 0
    ? "the target is untouched"
    : "the target was not proven untouched";
};
