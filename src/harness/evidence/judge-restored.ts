import type { RunId } from "../../workflow/ids.ts";
import { wordsOf, type Refusal } from "../../workflow/refusal.ts";
import { readTrustRoot } from "../../workflow/trust-root.ts";
import { readAudit } from "../home/read-audit.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../home/read-facts.ts";
import type { World } from "../world.ts";
import { sealHolds } from "./read-seal.ts";

export interface RestoredView {
  readonly records: number;
  readonly rootHash: string;
  /** Sealed bundles that hold. */
  readonly bundles: number;
  /** What speaks of records that this ledger does not have: it is older than something beside it. */
  readonly newer: readonly string[];
  /** What does not hold in itself. */
  readonly wrong: readonly string[];
}

/** A home looked at as cto audit verify and cto store check do, and every bundle that its ledger saw sealed. Writes nothing. */
export const judgeRestored = async (world: World): Promise<RestoredView> => {
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), await world.home.read(REVOKED_PATH));
  if (!trust.ok) return { records: 0, rootHash: "", bundles: 0, newer: [], wrong: trust.refusals.map(says) };
  const audit = await readAudit(world, trust.value);
  const problems = await world.store.problems();
  const sealed = (await world.store.records({ types: ["run.sealed"] })).flatMap(({ run }) => run ?? []);
  const broken: RunId[] = [];
  for (const run of sealed) if (!(await sealHolds(world, run))) broken.push(run);
  // A run that was going on is gone on with, or labelled, by whoever runs next.
  const alarms = audit.alarms.filter(({ code }) => code !== "ledger/run-unclosed");
  return {
    records: audit.checkpoint.size,
    rootHash: audit.checkpoint.rootHash,
    bundles: sealed.length - broken.length,
    newer: alarms.filter(isOfNewer).map(says),
    wrong: [
      ...alarms.filter((alarm) => !isOfNewer(alarm)).map(says),
      ...problems.map(({ what, of }) => `its ledger does not hold: ${what} ${of}`),
      ...broken.map((run) => `the bundle of ${run} is not as it was sealed, or is not there`),
    ],
  };
};

const isOfNewer = ({ code }: Refusal): boolean => code === "ledger/truncated";

const says = (refusal: Refusal): string => wordsOf(refusal).says;
