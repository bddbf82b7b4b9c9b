import type { Kysely } from "kysely";

import type { Ledger } from "../../seams/store.ts";
import { claimOnce } from "./claims.ts";
import { keepDocument } from "./documents.ts";
import { appendFacts, beginAttempt, factsOf, tipOf } from "./fact-rows.ts";
import { headOf, type Notary } from "./ledger-head.ts";
import { appendLeaf, findWork, leavesAfter, requireSame } from "./ledger-rows.ts";
import { outboxOver } from "./outbox-rows.ts";
import { findRun, openRun, updateRun } from "./run-rows.ts";
import { keepSeal } from "./seal-rows.ts";
import type { Tables } from "./tables.ts";

/** What a transaction may do, over the one connection that is inside it. */
export const ledgerOver = (db: Kysely<Tables>, at: () => string, notary: Notary): Ledger => ({
  append: (run, lines, by) => appendFacts(db, run, lines, by),
  facts: (run) => factsOf(db, run),
  tip: (run) => tipOf(db, run),
  appendLeaf: (entry) => appendLeaf(db, entry, at(), notary),
  head: () => headOf(db, notary.origin),
  leaves: (after) => leavesAfter(db, after),
  beginAttempt: (run, step, holder, after) => beginAttempt(db, { run, step, holder, after }, at()),
  claimOnce: (what, id, by) => claimOnce(db, { what, id, claimant: by, at: at() }),
  keep: (kind, document) => keepDocument(db, kind, document, at()),
  openRun: (row, attemptMin) => openRun(db, row, attemptMin),
  updateRun: (run, change) => updateRun(db, run, change),
  putWork: (row) => requireSame(db, row),
  work: (work) => findWork(db, work),
  run: (run) => findRun(db, run),
  outbox: outboxOver(db),
  seal: (row) =>
    keepSeal(db, {
      run_id: row.run,
      revision: row.revision,
      sums: row.sums,
      bytes: row.bytes,
      at: at(),
      proof: row.proof,
    }),
});
