import type { Kysely } from "kysely";

import { digestOf, type Digest } from "../../workflow/digest.ts";
import { chainStart, placeOf } from "../../workflow/event-chain.ts";
import { parseRunId } from "../../workflow/ids.ts";
import type { StoreProblem } from "../../workflow/store-problem.ts";
import { atOneMoment, ledgerProblems } from "./check-ledger.ts";
import type { Notary } from "./ledger-head.ts";
import { pagesOf, type AnyRow } from "./row-pages.ts";
import type { Tables } from "./tables.ts";
import { lackingRows, type FactsSeen } from "./told-rows.ts";

/** Everything of a ledger that can be recomputed, at one moment. */
export const storeProblems = (db: Kysely<Tables>, start: Digest, notary: Notary): Promise<readonly StoreProblem[]> =>
  atOneMoment(db, async (moment) => {
    const ledger = await ledgerProblems(moment, start, notary);
    const { broken, ...seen } = await factsSeen(moment);
    // Records that do not hold tell of nothing.
    const lacking = ledger.some(({ what }) => OF_RECORDS.has(what)) ? [] : await lackingRows(moment, seen);
    return [
      ...ledger.map(({ what, seq }) => ({ what, of: String(seq) })),
      ...broken.map((of) => ({ what: "facts" as const, of })),
      ...lacking.filter(({ what, of }) => what !== "facts" || !broken.includes(of)),
      ...(await wrongDocuments(moment)).map((of) => ({ what: "document" as const, of })),
      ...(await wrongCounts(moment)).map((of) => ({ what: "count" as const, of })),
    ];
  });

const OF_RECORDS: ReadonlySet<StoreProblem["what"]> = new Set(["chain", "columns"]);

/** Runs whose facts are no chain, or lie under other columns than their lines say; and what all facts come to. */
const factsSeen = async (db: Kysely<Tables>): Promise<FactsSeen & { readonly broken: readonly string[] }> => {
  const broken = new Set<string>();
  const ends = new Map<string, string>();
  const outputs = new Set<string>();
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
      ends.set(run, String(row["type"]));
      const output = row["type"] === "step.finished" ? OUTPUT.exec(String(row["line"]))?.[1] : undefined;
      if (output !== undefined) outputs.add(output);
    }
  return { broken: [...broken], ends, outputs };
};

const OUTPUT = /"outputSha256":"([0-9a-f]{64})"/;

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
