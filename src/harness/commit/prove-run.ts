import type { ExportedObjects, Rehearsal, TargetProof } from "../../workflow/commit/commit.ts";
import { defaultActivationIn } from "../../workflow/default-activation.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import type { Instant } from "../../workflow/instant.ts";
import { POLICY_PATH } from "../../workflow/read-policy.ts";
import type { Ending } from "../run-workflow.ts";
import { findFact, type Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";
import { movedBetween, watch, type Watched } from "./watched.ts";

/** What was seen of the target and of the watched places after everything else was over. */
export interface Proven {
  readonly ending: Ending;
  readonly proof: TargetProof | "unknown";
  readonly rehearsal: Rehearsal | "none";
  readonly objects: ExportedObjects | "none";
  readonly watched: Watched;
  readonly defaultActivation: boolean;
  readonly at: Instant;
}

/** Looks at the target once more: one commit and one branch moved, or nothing (git.md 11). */
export const proveRun = async (
  world: World,
  permit: Permit | undefined,
  { ending, watchedBefore }: { readonly ending: Ending; readonly watchedBefore: Watched },
  recorder: Recorder,
): Promise<Proven> => {
  const commit = ending.commit ?? "none";
  const proof =
    permit === undefined ? "unknown" : await world.target.prove(permit, permit.admission.observation, commit);
  const withCommit = permit !== undefined && ending.commit !== undefined;
  const rehearsal = withCommit ? await world.target.rehearseRollback(permit, ending.commit) : "none";
  const objects = withCommit ? await world.target.exportObjects(permit, ending.commit) : "none";
  if (ending.commit !== undefined && findFact(recorder.lines(), "commit.created") === undefined) {
    const { commit: id, parent, tree, ref } = ending.commit;
    recorder.record({
      type: "commit.created",
      subject: "run",
      trust: "harness-observed",
      data: { commit: id, parent, tree, ref },
    });
  }
  if (proof !== "unknown")
    recorder.record({
      type: "commit.proved",
      subject: "run",
      trust: "harness-observed",
      data: {
        commit: proof.commit,
        refsChanged: [...proof.refsChanged],
        pathsChanged: proof.pathsChanged.map(({ path }) => path),
        clean: proof.clean,
        wrong: [...proof.wrong],
      },
    });
  if (rehearsal !== "none")
    recorder.record({
      type: "rollback.rehearsed",
      subject: "run",
      trust: "harness-observed",
      data: { revertTree: rehearsal.revertTree, equalsBase: rehearsal.equalsBaseTree },
    });
  const watched = await watch(world, permit?.authority.coreRoots ?? []);
  return {
    ending: unproven(ending, proof, rehearsal, movedBetween(watchedBefore, watched)),
    proof,
    rehearsal,
    objects,
    watched,
    defaultActivation: defaultActivationIn(await world.home.read(POLICY_PATH)) !== false,
    at: world.clock.now(),
  };
};

// After the commit a failing proof is never hidden: the run is interrupted, and the owner sees what does not hold.
const unproven = (
  ending: Ending,
  proof: TargetProof | "unknown",
  rehearsal: Rehearsal | "none",
  moved: readonly string[],
): Ending => {
  if (ending.kind !== "awaiting_outcome") return ending;
  const wrong = [
    ...(proof === "unknown" ? ["the target was not looked at"] : proof.wrong),
    ...moved.map((what) => `${what} differs after the run`),
    ...(rehearsal !== "none" && rehearsal.equalsBaseTree
      ? []
      : ["the rehearsed rollback did not restore the base tree"]),
  ];
  if (wrong.length === 0) return ending;
  return { ...ending, kind: "interrupted", failure: { code: "evidence/unproven", message: wrong.join("; ") } };
};
