import { readAudit } from "../../harness/read-audit.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { withWorld } from "../with-world.ts";

const NOT_ESTABLISHED = [
  "no signature: whoever can write the ledger's file could rewrite the whole chain consistently",
  "no witness: that an older copy was not put in its place is seen only beside a checkpoint kept elsewhere",
];

/** `cto audit verify`: the chain recomputed from its first entry to its head. */
export const act: Act<object, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const { verdict, size, rootHash, wrong } = await readAudit(world);
    const holds = verdict === "PASS";
    return {
      noun: "audit",
      exit: holds ? EXIT.done : EXIT.unverified,
      data: { verdict, size, rootHash, wrong, notEstablished: NOT_ESTABLISHED },
      text: [
        holds
          ? `PASS      ${size} entries, the chain recomputes, root ${rootHash}`
          : `FAIL      the chain does not hold at ${wrong.slice(0, 20).join(", ")}`,
        ...(holds
          ? []
          : ["next      restore .cto/ledger.db from a backup before anything else is done with this home"]),
        `not established: ${NOT_ESTABLISHED.join(" · ")}`,
      ].join("\n"),
    };
  });
