import { makeOwnKeys } from "../../harness/keys/make-own-keys.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto keys make`: the home's own keys and their lines in allowed_signers, where they are missing. */
export const act: Act<object, []> = (context, flags) =>
  withWorld(context, flags, "write", async (world) => {
    const done = await makeOwnKeys(world);
    if (!done.ok)
      return {
        noun: "keys",
        exit: EXIT.refused,
        data: {},
        text: "",
        refusals: done.refusals,
        spared: "No key was made.",
      };
    const { made, trusted } = done.value;
    const rows = [
      ...made.map((role) => ["made", role, `.cto/keys/${role}.key`]),
      ...trusted.map(({ role, fingerprint }) => ["trusted", role, fingerprint]),
    ];
    const stale = trusted.length === 0 ? "" : "\nnote      allowed_signers was changed: open approvals are stale";
    return {
      noun: "keys",
      exit: EXIT.done,
      data: { made, trusted },
      text:
        rows.length === 0 ? "complete  both keys stand and have their lines; nothing was written" : table(rows) + stale,
    };
  });
