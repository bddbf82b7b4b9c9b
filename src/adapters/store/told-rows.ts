import type { Kysely } from "kysely";

import type { LedgerRecord, LedgerType } from "../../workflow/ledger.ts";
import type { StoreProblem } from "../../workflow/store-problem.ts";
import { recordOf } from "./rows.ts";
import type { Tables } from "./tables.ts";

/** What the rows of facts came to, as far as records speak of it. */
export interface FactsSeen {
  /** The type of each run's last fact. */
  readonly ends: ReadonlyMap<string, string>;
  /** What steps left, by the digests of it. */
  readonly outputs: ReadonlySet<string>;
}

/**
 * Rows beside the ledger that its records tell of, and that are not there or say something else. Whoever owns the tables
 * can take a row out without breaking any chain; what was signed still speaks of it.
 */
export const lackingRows = async (db: Kysely<Tables>, seen: FactsSeen): Promise<readonly StoreProblem[]> => {
  const rows = await db.selectFrom("ledger").selectAll().where("type", "in", TELLING).orderBy("seq").execute();
  const records = rows.map(recordOf);
  const of = (type: LedgerType): readonly LedgerRecord[] => records.filter((record) => record.type === type);
  const sealed = of("run.sealed");
  return [
    ...sealed.flatMap(({ run = "" }) => (seen.ends.get(run) === "run.finished" ? [] : [problem("facts", run)])),
    ...(await otherSeals(db, sealed)).map((run) => problem("seal", run)),
    ...(await otherClaims(db, of("approval.consumed"))).map((id) => problem("approval", id)),
    ...(await lackingDocuments(db, records, seen.outputs)).map((digest) => problem("document", digest)),
  ];
};

// What humans signed lies in documents, by these two names; a record of an older program may name a digest alone.
const SIGNED: readonly LedgerType[] = ["approval.joined", "approval.recorded", "outcome.accepted", "outcome.rejected"];
const TELLING: readonly LedgerType[] = ["run.sealed", "approval.consumed", ...SIGNED];

const problem = (what: StoreProblem["what"], of: string): StoreProblem => ({ what, of });

const otherSeals = async (db: Kysely<Tables>, sealed: readonly LedgerRecord[]): Promise<readonly string[]> => {
  const kept = await db.selectFrom("seals").select(["run_id", "sums"]).execute();
  const are = new Set(kept.map(({ run_id: run, sums }) => `${run} ${sums}`));
  return sealed.flatMap(({ run = "", digests }) => (are.has(`${run} ${digests?.["sums"]}`) ? [] : [run]));
};

const otherClaims = async (db: Kysely<Tables>, consumed: readonly LedgerRecord[]): Promise<readonly string[]> => {
  const claims = await db.selectFrom("claims").select(["id", "claimant"]).where("what", "=", "approval").execute();
  const said = new Map(consumed.map(({ approvalId = "", run = "" }) => [approvalId, run]));
  const are = new Map(claims.map(({ id, claimant }) => [id, claimant]));
  return [...new Set([...said.keys(), ...are.keys()])].filter((id) => said.get(id) !== are.get(id));
};

const lackingDocuments = async (
  db: Kysely<Tables>,
  records: readonly LedgerRecord[],
  outputs: ReadonlySet<string>,
): Promise<readonly string[]> => {
  const kept = await db.selectFrom("documents").select("digest").execute();
  const are = new Set(kept.map(({ digest }) => digest));
  const signed = records
    .filter(({ type }) => SIGNED.includes(type))
    .flatMap(({ digests }) => [digests?.["record"], digests?.["signature"]])
    .filter((digest) => digest !== undefined);
  return [...new Set([...signed, ...outputs])].filter((digest) => !are.has(digest));
};
