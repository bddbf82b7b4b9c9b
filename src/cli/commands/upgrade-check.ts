import { checkFormats, type FormatFound } from "../../harness/home/check-formats.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";

/** `cto upgrade-check`: every versioned form of the home, and what this version does with it. Opens no ledger, changes nothing. */
export const act: Act<object, []> = async (context, flags) => {
  const keeper = await context.openStoreKeeper(flags.home);
  const formats = await checkFormats(keeper.formats);
  const unread = formats.filter(({ reads }) => !reads);
  const rows = formats.map((one) => [word(one), visible(one.format), `${one.files}`, visible(one.place)]);
  return {
    noun: "upgrade-check",
    exit: unread.length === 0 ? EXIT.done : EXIT.refused,
    data: { formats },
    text: [
      table([["", "form", "files", "first"], ...rows]),
      unread.length === 0
        ? "This version reads all of it."
        : `${unread.length} of ${formats.length} forms cannot be read by this version: another one wrote them, or they are damaged.\nnext      cto doctor`,
    ].join("\n"),
  };
};

const word = ({ reads, writes }: FormatFound): string => {
  if (!reads) return "unknown";
  return writes ? "reads, writes" : "reads";
};
