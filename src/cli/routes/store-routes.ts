import type { RouteMap } from "@stricli/core";

import { command, group } from "../command.ts";
import type { Parsing } from "../context.ts";
import { needed } from "../flags.ts";

/** Commands that look after the place where a home's ledger lies. */
export const storeRoutes = (): Readonly<Record<string, RouteMap<Parsing>>> => ({
  store: group("where the ledger of a home lies: check it, bring it up to date, move it", {
    check: command<object, []>({
      brief: "recompute everything that the ledger holds",
      examples: ["cto store check", "cto store check --json"],
      about: [
        "Chain, tree and signed head, the columns beside the records, states of work items and runs, the facts of each run,",
        "documents by their digests, counts. Reads only, at one moment. cto audit verify compares with what humans signed.",
      ],
      exits: "0 all holds · 4 the ledger cannot be read · 5 something does not hold, with every place",
      see: "cto audit verify",
      load: () => import("../commands/store-check.ts"),
    }),
    migrate: command<object, []>({
      brief: "bring the ledger to the schema of this program",
      examples: ["cto store migrate"],
      about: [
        "In one transaction, forward only. The next command that writes does the same; here nothing else is done.",
        "A ledger of a newer program is left alone.",
      ],
      exits: "0 done, or nothing to do · 4 it cannot be written, or is newer",
      see: "cto store check",
      load: () => import("../commands/store-migrate.ts"),
    }),
    copy: command<{ readonly to: string }, []>({
      brief: "move the ledger to PostgreSQL, or back into the home",
      examples: ["cto store copy --to postgresql://cto@/cto?host=/run/postgresql", "cto store copy --to sqlite"],
      flags: { to: needed("URL", "the address of a database, without a password; or sqlite") },
      about: [
        "Copies every row in one transaction, reads both sides again and compares all bytes and the root of the ledger, then",
        "leads the home there by .cto/services.json. The old ledger stays and takes nothing more. End cto serve before.",
        "Given again, a copy that was broken off is done anew. docs/store.md says what a server has to be.",
      ],
      exits:
        "0 moved · 2 no such address · 3 a run is open, or another ledger is there · 4 someone has it open, or no server",
      see: "cto store check, cto audit verify",
      load: () => import("../commands/store-copy.ts"),
    }),
  }),
});
