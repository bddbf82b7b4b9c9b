import { listOwnKeys } from "../../harness/keys/list-own-keys.ts";
import { timeText } from "../../workflow/instant.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";

/** `cto keys list`: the keys of this home, as they stand and as allowed_signers names them. */
export const act: Act<object, []> = (context, flags) =>
  withWorld(context, flags, "read", async (world) => {
    const { keys, problems } = await listOwnKeys(world);
    const time = (seconds: number | null, open: string): string => (seconds === null ? open : timeText(seconds * 1000));
    const rows = keys.map(({ role, fingerprint, state, from, until }) => [
      state,
      role,
      fingerprint,
      `${time(from, "always")} .. ${time(until, "open")}`,
    ]);
    return {
      noun: "keys",
      exit: problems.length === 0 ? EXIT.done : EXIT.refused,
      data: { keys, problems },
      text: [
        table(rows),
        ...problems.map(({ says, fix }) => `fail      ${visible(says)}\n          -> ${visible(fix)}`),
      ].join("\n"),
    };
  });
