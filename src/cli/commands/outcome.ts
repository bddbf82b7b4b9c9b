import { readFile } from "node:fs/promises";
import path from "node:path";

import { decideOutcome } from "../../harness/outcome/decide-outcome.ts";
import { sentenceFor } from "../../harness/outcome/outcome-ground.ts";
import { assuranceWords } from "../../workflow/approval/assurance.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import type { CliContext } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { writeNotices } from "../tell-notices.ts";
import { usageError } from "../usage-error.ts";

interface Flags {
  readonly accept: boolean;
  readonly reject: boolean;
  readonly reason?: string;
  readonly key?: string;
  readonly sentenceFile?: string;
  readonly acknowledge?: readonly string[];
}

/** `cto outcome RUN --accept|--reject`: the owner's decision over the evidence as it verifies now. */
export const act: Act<Flags, [string]> = async (context, flags, given) => {
  const run = parseRunId(given);
  if (run === undefined) return usageError(`${visible(given)} is no run id`, "cto runs");
  if (flags.accept === flags.reject)
    return usageError("say one of --accept and --reject", `cto outcome ${run} --accept --key KEY`);
  if (flags.key === undefined)
    return usageError(
      "an outcome is signed: name the owner's key with --key",
      `cto outcome ${run} ${flags.accept ? "--accept" : "--reject"} --key ~/.ssh/id_ed25519`,
    );
  const world = await context.openWorld(flags.home, "write");
  try {
    const row = await world.store.run(run);
    const sentence = row === "absent" ? undefined : sentenceFor(row);
    // Where nothing is to be decided nobody is asked for words; the refusal says so.
    const words =
      flags.accept && sentence !== undefined ? await wordsFrom(context, flags.sentenceFile, sentence) : undefined;
    if (words === "no-terminal")
      return usageError(
        "no terminal to type at: give the words with --sentence-file F or -",
        `printf '%s' '${sentence ?? ""}' | cto outcome ${run} --accept --sentence-file - --key KEY`,
      );
    const decided = await decideOutcome(world, {
      run,
      outcome: flags.accept ? "accepted" : "rejected",
      reason: flags.reason ?? "",
      acknowledged: flags.acknowledge ?? [],
      words,
      key: path.resolve(context.cwd, flags.key),
    });
    if (!decided.ok)
      return {
        noun: "outcome",
        exit: EXIT.refused,
        data: { run },
        text: "",
        refusals: decided.refusals,
        spared: "Nothing was recorded.",
      };
    const { record, seq } = decided.value;
    const next =
      record.outcome === "accepted" ? `cto show ${run}` : `cto rollback ${run} --dry-run, then cto rollback ${run}`;
    const { assurance } = record.approver;
    return {
      noun: "outcome",
      exit: EXIT.done,
      data: { outcome: record.outcome, run, by: record.approver.principal, assurance, seq, next },
      text: `${record.outcome}  ${run} · ${record.approver.principal} · ${assurance} · ${assuranceWords(assurance)} · ledger ${seq}\nnext      ${next}`,
    };
  } finally {
    await writeNotices(context, flags, world);
    await world.store.close();
  }
};

const wordsFrom = async (
  context: CliContext,
  file: string | undefined,
  sentence: string,
): Promise<Uint8Array | "no-terminal"> => {
  if (file === "-") return context.readInput();
  if (file !== undefined) return new Uint8Array(await readFile(path.resolve(context.cwd, file)));
  if (context.ask === undefined) return "no-terminal";
  return new TextEncoder().encode(await context.ask(`Type exactly: ${sentence}\n> `));
};
