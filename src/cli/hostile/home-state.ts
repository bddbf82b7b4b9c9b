import path from "node:path";

import type { LedgerType } from "../../workflow/ledger.ts";
import type { Field } from "./field.ts";

/** All that a refused command must leave as it was: documents, bundles, the target, and every grant in the ledger. */
export interface HomeState {
  readonly documents: string;
  readonly bundles: string;
  readonly target: string;
  readonly grants: string;
  readonly work: string;
}

export const stateOf = async (field: Field): Promise<HomeState> => {
  const { world, home } = field;
  const leaves = await world.store.leaves(0);
  return {
    documents: String(await world.host.fingerprint(path.join(home, ".sot"))),
    bundles: String(await world.host.fingerprint(path.join(home, ".cto/runs"))),
    target: await targetDigest(field),
    grants: String(leaves.filter(({ type }) => GRANTS.has(type)).length),
    work: JSON.stringify(
      (await world.store.works()).flatMap(({ work, state }) => (state === "candidate" ? [] : [work, state])),
    ),
  };
};

export const differences = (before: HomeState, after: HomeState): readonly string[] =>
  [
    before.documents === after.documents ? "" : "the documents of the home",
    before.bundles === after.bundles ? "" : "the bundles",
    before.target === after.target ? "" : "the target",
    before.grants === after.grants ? "" : "what the ledger grants",
    before.work === after.work ? "" : "the state of the work item",
  ].filter((what) => what !== "");

/** One digest over the whole target, `.git` included. */
export const targetDigest = async ({ world, target }: Field): Promise<string> => {
  const { manifest, controlPlane } = await world.target.fingerprint(target);
  return `${manifest} ${controlPlane.digest} ${String(await world.host.fingerprint(target))}`;
};

const GRANTS: ReadonlySet<LedgerType> = new Set<LedgerType>([
  "target.admitted",
  "approval.recorded",
  "approval.consumed",
  "run.started",
  "run.sealed",
  "outcome.accepted",
  "outcome.rejected",
  "rollback.done",
]);
