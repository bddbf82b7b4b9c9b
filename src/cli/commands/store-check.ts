import type { StoreProblem } from "../../workflow/store-problem.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto store check`: all of the ledger that can be recomputed. */
export const act: Act<object, []> = (context, flags) =>
  withWorld(context, flags, "read", async ({ store }) => {
    const problems = await store.problems();
    const { checkpoint } = await store.head();
    const holds = problems.length === 0;
    return {
      noun: "store",
      exit: holds ? EXIT.done : EXIT.unverified,
      data: { holds, size: checkpoint.size, rootHash: checkpoint.rootHash, problems },
      text: [
        `${holds ? "PASS" : "FAIL"}      ${checkpoint.size} entries, root ${checkpoint.rootHash}`,
        ...(holds
          ? [
              "          chain, tree, signed head, columns, work items, runs, facts, seals, spent approvals, documents and counts recompute",
            ]
          : [
              table(problems.map(({ what, of }) => ["wrong   ", what, visible(of), MEANS[what]])),
              "next      restore the ledger from a backup before anything else is done with this home",
            ]),
      ].join("\n"),
    };
  });

const MEANS: Readonly<Record<StoreProblem["what"], string>> = {
  chain: "the record is not the one that follows the one before it",
  head: "the signed head does not vouch for these records",
  columns: "the columns say something else than the record beside them",
  "work item": "its row is not what the records come to",
  run: "its row shows something else than its records",
  facts: "the facts of the run are no chain, or do not go to its end",
  document: "the bytes are not those of the name, or are not there",
  seal: "no row of it is the one that the ledger saw sealed",
  approval: "its claim and the record that spent it are not one",
  count: "there are not as many",
};
