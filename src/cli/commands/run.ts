import { leaveRun } from "../../harness/orders/run-order.ts";
import { afterFailure } from "../../harness/reading/next-of-run.ts";
import { viewOfRun } from "../../harness/reading/read-runs.ts";
import { run } from "../../harness/run/run.ts";
import type { RunEnding } from "../../seams/store.ts";
import { workId, type RunId, type WorkId } from "../../workflow/ids.ts";
import type { Refusal } from "../../workflow/refusal.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Answer } from "../answer.ts";
import type { Act } from "../command.ts";
import type { CliContext, CommonFlags } from "../context.ts";
import { EXIT } from "../exit-code.ts";
import { unsteering } from "../json-line.ts";
import { pickWork } from "../pick-id.ts";
import { isAnswer } from "../pick.ts";
import { openProgress } from "../progress.ts";
import { EXIT_OF_RUN } from "../run-exit.ts";
import { short } from "../show.ts";
import { tellOfRun } from "../tell-notices.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto run WORK-ID`: one run from its order to its sealed evidence; the backend is the contract's, there is no flag. */
export const act: Act<RunFlags, [string]> = async (context, flags, given) => {
  const work = workId(given);
  if (work === undefined) return usageError(`${visible(given)} is no work item id`, "cto work list");
  if (flags.detach === true) return detached(context, flags, work);
  const world = await context.openWorld(flags.home, "write");
  const stopping = new AbortController();
  const forget = context.onStop(() => stopping.abort());
  const progress = openProgress(context.process.stderr, flags.quiet || flags.json);
  try {
    const known = await pickWork(world, work);
    if (isAnswer(known)) return known;
    const done = await run(world, work, stopping.signal, (line) => {
      progress.line(line);
      if (flags.jsonl) context.process.stdout.write(`${unsteering(line)}\n`);
    });
    progress.end();
    await tellOfRun(context, flags, world);
    if (!done.ok) return refused(work, done.refusals);
    const { run: id, ending, folder } = done.value;
    const { kind, refusals, failure, commit } = ending;
    const bundle = `.cto/runs/${id}`;
    return {
      noun: "run",
      exit: EXIT_OF_RUN[kind],
      data: {
        run: id,
        work,
        state: kind,
        ...(refusals[0] === undefined ? {} : { reason: refusals[0].code }),
        ...(failure === undefined ? {} : { failure }),
        ...(commit === undefined ? {} : { base: commit.parent, commit: commit.commit }),
        bundle,
        folder,
      },
      text: flags.jsonl ? "" : textOf({ id, kind, bundle, commit: commit?.commit, failure }),
      refusals,
      ...(kind === "blocked" || kind === "voided" ? { spared: SPARED[kind] } : {}),
    };
  } finally {
    forget();
    await world.store.close();
  }
};

const refused = (work: WorkId, refusals: readonly Refusal[]): Answer => ({
  noun: "run",
  exit: EXIT.refused,
  data: { run: null, work, state: "blocked" },
  text: "",
  refusals,
  spared: "Nothing was started. The target was not written.",
});

/** Ordered and left to a worker. The gate is asked by whoever performs it. */
const detached = (context: CliContext, flags: CommonFlags, work: WorkId): Promise<Answer> =>
  withWorld(context, flags, "write", async (world) => {
    const known = await pickWork(world, work);
    if (isAnswer(known)) return known;
    const left = await leaveRun(world, work);
    if (!left.ok) return refused(work, left.refusals);
    const { run: id } = left.value;
    const { state, word, next } = await viewOfRun(world, left.value);
    return {
      noun: "run",
      exit: EXIT.done,
      data: { run: id, work, state },
      text: `ordered   ${id}  ${word}\nnext      ${next}`,
    };
  });

interface RunFlags {
  readonly jsonl: boolean;
  readonly detach?: boolean;
}

const SPARED = {
  blocked: "Nothing was started. The target was not written.",
  voided: "No commit was made; the target is as it was. The approval is spent.",
} as const;

const textOf = ({
  id,
  kind,
  bundle,
  commit,
  failure,
}: {
  readonly id: RunId;
  readonly kind: RunEnding;
  readonly bundle: string;
  readonly commit: string | undefined;
  readonly failure: { readonly code: string; readonly message: string } | undefined;
}): string => {
  const evidence = `evidence  ${bundle}`;
  const broke = visible(failure?.message ?? "").replace(/\.$/, "");
  switch (kind) {
    case "awaiting_outcome":
      return `awaiting  ${id}  one commit ${commit === undefined ? "" : short(commit)}, proven and sealed\n${evidence}\nnext      cto show ${id}, which names the commands of its outcome`;
    case "interrupted":
      return `interrupted  ${id}  ${broke}; the target holds ${commit ?? "no commit of this run"}\n${evidence}\nnext      cto show ${id}`;
    case "failed":
      return `failed    ${id}  ${broke}; no commit was made\n${evidence}\nnext      ${afterFailure(id, failure?.code ?? "")}`;
    case "stopped":
      return `stopped   ${id}  no commit was made; the approval is spent\n${evidence}\nnext      cto approve, then cto run`;
    case "blocked":
    case "voided":
      return `${kind.padEnd(10)}${id}\n${evidence}`;
  }
};
