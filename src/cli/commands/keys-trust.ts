import path from "node:path";

import { signTrust } from "../../harness/keys/sign-trust.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto keys trust --key KEY`: the owner signs the trust root as it stands. */
export const act: Act<{ readonly key: string }, []> = (context, flags) =>
  withWorld(context, flags, "write", async (world) => {
    const done = await signTrust(world, path.resolve(context.cwd, flags.key));
    if (!done.ok)
      return {
        noun: "keys",
        exit: EXIT.refused,
        data: {},
        text: "",
        refusals: done.refusals,
        spared: "Nothing was signed.",
      };
    const { record, allowedSigners, revokedKeys } = done.value;
    return {
      noun: "keys",
      exit: EXIT.done,
      data: { record, allowedSigners, revokedKeys },
      text: table([
        ["signed", "the trust root", `by ${visible(record.owner)}, ${record.keyFingerprint}`],
        ["over", "allowed_signers", allowedSigners],
        ["and", "revoked_keys", revokedKeys],
        ["before", "trust record", record.previous ?? "none: hand the first over by a way of its own"],
      ]),
    };
  });
