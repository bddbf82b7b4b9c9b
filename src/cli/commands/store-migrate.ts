import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";

/** `cto store migrate`: the ledger at the newest schema version that this program knows. */
export const act: Act<object, []> = async (context, flags) => {
  const { place, from, to } = await (await context.openStoreKeeper(flags.home)).migrate();
  const did = from === to ? "nothing to do" : from === 0 ? "made" : `brought up from version ${from}`;
  return {
    noun: "store",
    exit: EXIT.done,
    data: { place, from, to },
    text: `schema    version ${to}, ${did}\nledger    ${visible(place)}`,
  };
};
