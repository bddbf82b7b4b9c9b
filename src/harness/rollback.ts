import { jsonText } from "../workflow/json-text.ts";
import type { RollbackDone } from "../seams/target.ts";
import { parseOid, type RunId } from "../workflow/ids.ts";
import { rollbackMessage } from "../workflow/commit/rollback.ts";
import { readOutcomeRecord } from "../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { transition } from "../workflow/contract/work-item.ts";
import { parseDigest } from "../workflow/digest.ts";
import { readReport } from "./read-report.ts";
import { refuseAll } from "./read-facts.ts";
import type { World } from "./world.ts";

export interface RolledBack extends RollbackDone {
  readonly run: RunId;
  readonly commit: string;
  readonly mode: "dry-run" | "real";
}

/** One more commit that restores the base, after a signed rejection and of exactly the evidence's commit (R121, R122). */
export const rollbackRun = async (world: World, run: RunId, mode: "dry-run" | "real"): Promise<Result<RolledBack, Refusal>> => {
  const row = await world.store.run(run);
  if (row === "absent") return refuse(refusal("outcome/run-unknown", { run }));
  const rejection = (await world.store.leaves(0)).find((leaf) => leaf.type === "outcome.rejected" && leaf.run === run);
  const work = await world.store.work(row.work);
  const state = work === "absent" ? "unlisted" : work.state;
  const mayRoll = work !== "absent" && transition(work.state, "rolled-back", "operator").ok;
  const recordDigest = parseDigest(rejection?.digests?.["record"] ?? "");
  const document = recordDigest === undefined ? "absent" : await world.store.document(recordDigest);
  const bundle = await world.archive.open({ run });
  const report = bundle === "absent" ? undefined : readReport(bundle.files);
  const outcome = document === "absent" ? undefined : readOutcomeRecord(document);
  if (!mayRoll || outcome?.ok !== true || report === undefined || report.commit === null || report.task === null)
    return refuse(refusal("rollback/not-rejected", { run, state: rejection === undefined ? (row.ending ?? row.state) : state }));

  const { record } = outcome.value;
  const baseTree = parseOid(jsonText(row.summary["baseTree"]));
  const done = await world.target.rollback(
    {
      run,
      path: report.task.target,
      branch: report.commit.ref.replace(/^refs\/heads\//, ""),
      commit: record.commit,
      base: record.base,
      baseTree: baseTree ?? record.base,
      pathsChanged: report.changes.filter(({ verdict }) => verdict === "allowed").map(({ path }) => path),
      epochSeconds: Math.floor(Date.parse(record.decidedAt) / 1000),
      message: rollbackMessage({ work: row.work, run, commit: record.commit }),
    },
    mode,
  );
  if (!done.ok) {
    if (mode === "real")
      await world.store.transact((ledger) =>
        ledger.appendLeaf({ type: "rollback.refused", actor: world.operator.user, channel: "cli", work: row.work, run, refusals: done.refusals.map(({ code }) => code) }),
      );
    return refuseAll(done.refusals);
  }
  if (mode === "real") {
    await world.store.transact(async (ledger) => {
      await ledger.claimOnce("rollback", run, done.value.rollbackCommit);
      await ledger.appendLeaf({
        type: done.value.clean ? "rollback.done" : "rollback.failed",
        actor: world.operator.user,
        channel: "cli",
        work: row.work,
        run,
        detail: { commit: done.value.rollbackCommit, tree: done.value.tree, proof: done.value.proof },
      });
    });
    await world.archive.attach(run, "rollback.json", new TextEncoder().encode(`${JSON.stringify({ schema: "cto/rollback/v1", run, reverts: record.commit, ...done.value })}\n`));
  }
  return ok({ ...done.value, run, commit: record.commit, mode });
};
