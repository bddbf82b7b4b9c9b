import type { RollbackDone } from "../seams/target.ts";
import { rollbackMessage } from "../workflow/commit/rollback.ts";
import { transition } from "../workflow/contract/work-item.ts";
import { parseDigest } from "../workflow/digest.ts";
import type { RunId } from "../workflow/ids.ts";
import { OUTCOME_NAMESPACE, readOutcomeRecord } from "../workflow/outcome/outcome-record.ts";
import { refusal, type Refusal } from "../workflow/refusal.ts";
import { ok, refuse, type Result } from "../workflow/result.ts";
import { verifySshSignature } from "../workflow/ssh-signature.ts";
import { readTrustRoot } from "../workflow/trust-root.ts";
import type { Proven } from "./prove-run.ts";
import { refuseAll, REVOKED_PATH, SIGNERS_PATH } from "./read-facts.ts";
import { permitOf, recordedStep } from "./recorded-run.ts";
import type { World } from "./world.ts";

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
  const rejection = (await world.store.leaves(0)).find((leaf) => leaf.type === "outcome.rejected" && leaf.run === run);
  const work = await world.store.work(row.work);
  const state = work === "absent" ? "unlisted" : work.state;
  const mayRoll = work !== "absent" && transition(work.state, "rolled-back", "operator").ok;
  const recordDigest = parseDigest(rejection?.digests?.["record"] ?? "");
  const document = recordDigest === undefined ? "absent" : await world.store.document(recordDigest);
  const outcome = document === "absent" ? undefined : readOutcomeRecord(document);
  const isSigned = document !== "absent" && (await isOwnersStill(world, document, rejection?.digests?.["signature"]));
  // Where and what comes from the ledger's own records: a bundle could have been changed since.
  const permit = await permitOf(world, run);
  const proven = await recordedStep<Pick<Proven, "proof">>(world, run, "proof");
  if (
    !mayRoll ||
    outcome?.ok !== true ||
    !isSigned ||
    permit === undefined ||
    proven === undefined ||
    proven.proof === "unknown"
  )
    return refuse(
      refusal("rollback/not-rejected", { run, state: rejection === undefined ? (row.ending ?? row.state) : state }),
    );

  const { record } = outcome.value;
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
          channel: "cli",
          work: row.work,
          run,
          refusals: done.refusals.map(({ code }) => code),
        }),
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
    await world.archive.attach(
      run,
      "rollback.json",
      new TextEncoder().encode(
        `${JSON.stringify({ schema: "cto/rollback/v1", run, reverts: record.commit, ...done.value })}\n`,
      ),
    );
  }
  return ok({ ...done.value, run, commit: record.commit, mode });
};

/** Whether the recorded rejection carries a signature that counts now. */
const isOwnersStill = async (
  world: World,
  document: Uint8Array,
  signatureDigest: string | undefined,
): Promise<boolean> => {
  const digest = parseDigest(signatureDigest ?? "");
  const signature = digest === undefined ? "absent" : await world.store.document(digest);
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (signature === "absent" || !trust.ok) return false;
  const { signers, revoked } = trust.value;
  return verifySshSignature({
    message: document,
    signature,
    namespace: OUTCOME_NAMESPACE,
    signers,
    revoked,
    at: world.clock.now().epochMs,
  }).ok;
};
