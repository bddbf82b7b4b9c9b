import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { withWorld } from "../with-world.ts";
import { settingsBelow } from "./config-get.ts";

/** `cto config where [KEY]`: the file, line and column of each, and whether a command may set it. */
export const act: Act<object, [string | undefined]> = (context, flags, given) =>
  withWorld(context, flags, "read", async (world) => {
    const found = await settingsBelow(context, world, given);
    if ("noun" in found) return found;
    return {
      noun: "config",
      exit: EXIT.done,
      data: { settings: found },
      text: table(
        found.map(({ key, where, bySet }) => [visible(key), visible(where), bySet ? "cto config set" : "by hand"]),
      ),
    };
  });
