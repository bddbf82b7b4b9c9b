import type { RunRow } from "../../seams/store.ts";
import type { Candidate, Commit } from "../../workflow/commit/commit.ts";
import type { Digest } from "../../workflow/digest.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { permitStillStands } from "../../workflow/gate/permit.ts";
import { parseOid } from "../../workflow/ids.ts";
import type { Instant } from "../../workflow/instant.ts";
import { jsonText } from "../../workflow/json-text.ts";
import type { Clearance } from "../../workflow/policy/judge-changes.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, type Result } from "../../workflow/result.ts";
import type { PassedValidation } from "../../workflow/validation/validation.ts";
import { readStanding } from "../gate/read-standing.ts";
import { refuseAll } from "../home/read-facts.ts";
import type { Recorder } from "../run/recorder.ts";
import type { World } from "../world.ts";

export interface Committed {
  readonly commit: Commit;
  /** Digests of the bound inputs as they were read right before the commit. */
  readonly inputs: { readonly [name: string]: Digest | "none" };
  readonly at: Instant;
}

/** The permit held against the bytes of now; every objection voids (R059). */
export const holdPermit = async (world: World, row: RunRow, permit: Permit): Promise<readonly Refusal[]> => {
  const { standing } = await readStanding(world, row.work, row.run, row.epochSeconds);
  return permitStillStands(permit, { admission: standing.admission, approval: standing.approval });
};

/**
 * The one commit. Its id is fixed and claimed in the ledger before the target hears of it; from then on it is finished,
 * whatever happens: a second try adopts the same commit (git.md 9).
 */
export const commitRun = async (
  world: World,
  row: RunRow,
  permit: Permit,
  clearance: Clearance,
  validation: PassedValidation,
  recorder: Recorder,
): Promise<Result<Committed, Refusal>> => {
  const claimed = claimedCandidate(row);
  if (claimed === undefined) {
    const objections = await holdPermit(world, row, permit);
    if (objections.length > 0) return refuseAll([...baseMoved(permit, objections), ...objections]);
  }
  const candidate =
    claimed ??
    (await claim(
      row,
      await world.target.prepareCommit(permit, clearance, validation),
      permit.admission.observation.tree,
      recorder,
    ));
  const landed = await world.target.commit(permit, candidate);
  if (!landed.ok) return landed;
  const { commit, parent, tree, ref } = landed.value;
  recorder.record({
    type: "commit.created",
    subject: "run",
    trust: "harness-observed",
    data: { commit, parent, tree, ref },
  });
  return ok({
    commit: landed.value,
    inputs: claimed === undefined ? inputsOf(permit) : NOT_READ,
    at: world.clock.now(),
  });
};

/** A head that moved since the gate is told as what it is here: the base of a commit that will not be made. */
const baseMoved = ({ admission: { observation } }: Permit, objections: readonly Refusal[]): readonly Refusal[] => {
  const moved = objections.find(({ code }) => code === "admission/head-moved");
  if (moved === undefined) return [];
  const { branch, head: expected } = observation;
  return [refusal("commit/base-moved", { branch, found: String(moved.facts["found"]), expected })];
};

const claim = async (row: RunRow, candidate: Candidate, baseTree: string, recorder: Recorder): Promise<Candidate> => {
  await recorder.transact(async (ledger) => {
    if (!(await ledger.claimOnce("commit", row.run, candidate.commit)))
      throw new TypeError("this run has claimed another commit: the same inputs gave another id");
    await ledger.updateRun(row.run, { state: "committing", summary: { ...row.summary, ...candidate, baseTree } });
  });
  return candidate;
};

/** The candidate that an earlier attempt claimed, if this run is past that point. */
export const claimedCandidate = ({ state, summary }: RunRow): Candidate | undefined => {
  const [commit, tree, parent] = ["commit", "tree", "parent"].map((name) => parseOid(jsonText(summary[name])));
  if (state === "ordered" || state === "executing") return undefined;
  return commit === undefined || tree === undefined || parent === undefined ? undefined : { commit, tree, parent };
};

/** A commit that was claimed before a crash is finished without reading its inputs again: nothing is said of them. */
export const NOT_READ: Committed["inputs"] = {};

// The permit was held against the bytes of now a moment ago, so its digests are what was read.
const inputsOf = ({ digests }: Permit): Committed["inputs"] => ({
  packet: digests.packet,
  contract: digests.contract,
  admission: digests.admission,
  policy: digests.policy,
  signers: digests.signers,
  checks: digests.checks ?? "none",
  build: digests.build,
});
