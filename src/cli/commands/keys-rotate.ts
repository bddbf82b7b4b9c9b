import { rotateKey } from "../../harness/keys/rotate-key.ts";
import { KEY_ROLES } from "../../workflow/own-keys.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";
import { withWorld } from "../with-world.ts";

/** `cto keys rotate ROLE`: a new key, and a hand-over that both have signed. */
export const act: Act<object, [string]> = async (context, flags, given) => {
  const role = KEY_ROLES.find((known) => known === given);
  if (role === undefined) return usageError(`${visible(given)} is neither ${KEY_ROLES.join(" nor ")}`, "cto keys list");
  return withWorld(context, flags, "write", async (world) => {
    const done = await rotateKey(world, role);
    if (!done.ok)
      return {
        noun: "keys",
        exit: EXIT.refused,
        data: {},
        text: "",
        refusals: done.refusals,
        spared: "The key is the old one.",
      };
    const { from, to, at } = done.value;
    return {
      noun: "keys",
      exit: EXIT.done,
      data: { role, from: from.fingerprint, to: to.fingerprint, at },
      text: [
        table([
          ["rotated", role, to.fingerprint],
          ["ended", role, from.fingerprint],
        ]),
        "note      allowed_signers was changed: open approvals are stale",
        "next      cto keys trust --key KEY, the owner's; then give the changed allowed_signers to everybody who verifies",
      ].join("\n"),
    };
  });
};
