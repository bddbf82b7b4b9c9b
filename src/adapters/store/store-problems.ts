import type { Kysely } from "kysely";

import { digestOf, type Digest } from "../../workflow/digest.ts";
import { chainStart, placeOf } from "../../workflow/event-chain.ts";
import { parseRunId } from "../../workflow/ids.ts";
import type { StoreProblem } from "../../workflow/store-problem.ts";
import { atOneMoment, ledgerProblems } from "./check-ledger.ts";
import type { Notary } from "./ledger-head.ts";
import { pagesOf, type AnyRow } from "./row-pages.ts";
import type { Tables } from "./tables.ts";

/** Everything of a ledger that can be recomputed, at one moment. */
export const storeProblems = (db: Kysely<Tables>, start: Digest, notary: Notary): Promise<readonly StoreProblem[]> =>
  atOneMoment(db, async (moment) => [
    ...(await ledgerProblems(moment, start, notary)).map(({ what, seq }) => ({ what, of: String(seq) })),
    ...(await brokenFacts(moment)).map((of) => ({ what: "facts" as const, of })),
    ...(await wrongDocuments(moment)).map((of) => ({ what: "document" as const, of })),
    ...(await wrongCounts(moment)).map((of) => ({ what: "count" as const, of })),
  ]);

/** Runs whose facts are no chain, or lie under other columns than their lines say. */
const brokenFacts = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const broken = new Set<string>();
  let stream = "";
  let next = { sequence: 0, prev: "" };
  for await (const rows of pagesOf(db, { table: "facts", key: ["stream", "seq"] }))
    for (const row of rows) {
      const run = String(row["stream"]);
      const known = parseRunId(run);
      if (run !== stream) next = { sequence: 0, prev: known === undefined ? "" : chainStart(known) };
      stream = run;
      if (!continues(row, next)) broken.add(run);
      next = { sequence: next.sequence + 1, prev: String(row["sha256"]) };
    }
  return [...broken];
};

const continues = (row: AnyRow, next: { readonly sequence: number; readonly prev: string }): boolean => {
  const line = String(row["line"]);
  try {
    const place = placeOf(line);
    return (
      place.run === row["stream"] &&
      place.type === row["type"] &&
      place.sequence === next.sequence &&
      row["seq"] === next.sequence &&
      place.prev === next.prev &&
      digestOf(line) === row["sha256"]
    );
  } catch {
    return false;
  }
};

const wrongDocuments = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for await (const rows of pagesOf(db, { table: "documents", key: ["digest"] }))
    for (const { digest, body } of rows)
      if (!(body instanceof Uint8Array) || digestOf(body) !== digest) wrong.push(String(digest));
  return wrong;
};

const wrongCounts = async (db: Kysely<Tables>): Promise<readonly string[]> => {
  const counted = await db
    .selectFrom("runs")
    .select(({ fn }) => ["shown", fn.countAll<number>().as("runs")])
    .groupBy("shown")
    .execute();
  const kept = await db.selectFrom("run_counts").selectAll().where("runs", "<>", 0).execute();
  const are = new Map(counted.map(({ shown, runs }) => [shown ?? "open", runs]));
  const said = new Map(kept.map(({ shown, runs }) => [shown, runs]));
  const wrong = [...new Set([...are.keys(), ...said.keys()])].filter((shown) => are.get(shown) !== said.get(shown));
  const { last } = await db
    .selectFrom("runs")
    .select(({ fn }) => fn.max<number | null>("run_no").as("last"))
    .executeTakeFirstOrThrow();
  const head = await db.selectFrom("ledger_head").select("run_no").executeTakeFirst();
  return [...wrong.map((shown) => `runs that are ${shown}`), ...(head?.run_no === (last ?? 0) ? [] : ["runs in all"])];
};
