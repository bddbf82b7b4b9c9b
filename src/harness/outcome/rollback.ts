import type { RollbackDone } from "../../seams/target.ts";
import { rollbackMessage } from "../../workflow/commit/rollback.ts";
import { transition } from "../../workflow/contract/work-item.ts";
import type { RunId } from "../../workflow/ids.ts";
import type { OutcomeRecord } from "../../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import type { Proven } from "../commit/prove-run.ts";
import { attachOutcome, keptRecord } from "../evidence/later-records.ts";
import { refuseAll } from "../home/read-facts.ts";
import { permitOf, recordedStep } from "../run/recorded-run.ts";
import type { World } from "../world.ts";
import { ownersRejection } from "./owners-rejection.ts";

export interface RolledBack extends RollbackDone {
  readonly run: RunId;
  readonly commit: string;
  readonly mode: "dry-run" | "real";
}

/** One more commit that restores the base, after a signed rejection and of exactly the evidence's commit (R121, R122). */
export const rollbackRun = async (
  world: World,
  run: RunId,
  mode: "dry-run" | "real",
): Promise<Result<RolledBack, Refusal>> => {
  const row = await world.store.run(run);
  if (row === "absent") return refuse(refusal("outcome/run-unknown", { run }));
  // What has been changed by hand may name any commit as rejected by anybody.
  const breaks = await world.store.check();
  if (breaks.length > 0)
    return refuse(refusal("gate/ledger-broken", { problem: `it breaks at ${breaks.slice(0, 5).join(", ")}` }));
  const [rejection] = await world.store.records({ runs: [run], types: ["outcome.rejected"], limit: 1 });
  const work = await world.store.work(row.work);
  const state = work === "absent" ? "unlisted" : work.state;
  const mayRoll = work !== "absent" && transition(work.state, "rolled-back", "operator").ok;
  const kept = await keptRecord(world, rejection);
  // Where and what comes from the ledger's own records: a bundle could have been changed since.
  const permit = await permitOf(world, run);
  const proven = await recordedStep<Pick<Proven, "proof">>(world, run, "proof");
  if (!mayRoll || kept === "absent" || permit === undefined || proven === undefined || proven.proof === "unknown")
    return refuse(refusal("rollback/not-rejected", { run, state }));
  const rejected = await ownersRejection(world, kept, { run, owner: permit.contract.owner });
  if (!rejected.ok) return rejected;
  const record = rejected.value;
  if (mode === "real") await attachOutcome(world, run, kept);
  const done = await world.target.rollback(
    {
      run,
      path: permit.admission.observation.realPath,
      branch: permit.admission.observation.branch,
      commit: record.commit,
      base: record.base,
      baseTree: permit.admission.observation.tree,
      pathsChanged: proven.proof.pathsChanged.map(({ path }) => path),
      epochSeconds: Math.floor(Date.parse(record.decidedAt) / 1000),
      message: rollbackMessage({ work: row.work, run, commit: record.commit }),
    },
    mode,
  );
  if (!done.ok) {
    if (mode === "real")
      await world.store.transact((ledger) =>
        ledger.appendLeaf({
          type: "rollback.refused",
          actor: world.operator.user,
          channel: world.operator.channel,
          work: row.work,
          run,
          refusals: done.refusals.map(({ code }) => code),
        }),
      );
    return refuseAll(done.refusals);
  }
  if (mode === "real") {
    // Before the ledger, which then refuses a second call: given again after a kill, it is the same commit in the same words.
    if (done.value.clean) await world.archive.attach(run, "rollback.json", addendum(run, record, done.value));
    await world.store.transact(async (ledger) => {
      await ledger.claimOnce("rollback", run, done.value.rollbackCommit);
      await ledger.appendLeaf({
        type: done.value.clean ? "rollback.done" : state === "rejected" ? "rollback.failed" : "rollback.refused",
        actor: world.operator.user,
        channel: world.operator.channel,
        work: row.work,
        run,
        detail: { commit: done.value.rollbackCommit, tree: done.value.tree, proof: done.value.proof },
      });
    });
  }
  return ok({ ...done.value, run, commit: record.commit, mode });
};

const addendum = (run: RunId, { commit }: OutcomeRecord, done: RollbackDone): Uint8Array =>
  new TextEncoder().encode(`${JSON.stringify({ schema: "cto/rollback/v1", run, reverts: commit, ...done })}\n`);
