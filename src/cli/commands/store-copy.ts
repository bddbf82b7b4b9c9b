import { problemOfDatabaseUrl, type StoreService } from "../../workflow/home-services.ts";
import { visible } from "../../workflow/visible-text.ts";
import type { Act } from "../command.ts";
import { EXIT } from "../exit-code.ts";
import { table } from "../show.ts";
import { usageError } from "../usage-error.ts";

/** `cto store copy --to URL|sqlite`: the ledger in another place, the same byte for byte, and the home led there. */
export const act: Act<{ readonly to: string }, []> = async (context, { home, to }) => {
  const problem = to === "sqlite" ? undefined : problemOfDatabaseUrl(to);
  if (problem !== undefined) return usageError(`the address in --to ${problem}`, "cto store copy --help");
  const wanted: StoreService = to === "sqlite" ? { kind: "sqlite" } : { kind: "postgresql", url: to };
  const copied = await (await context.openStoreKeeper(home)).copyTo(wanted);
  if (!copied.ok)
    return {
      noun: "store",
      exit: EXIT.refused,
      data: {},
      text: "",
      refusals: copied.refusals,
      spared: "Nothing was moved.",
    };
  const { from, to: place, rows, size, rootHash } = copied.value;
  return {
    noun: "store",
    exit: EXIT.done,
    data: { from, to: place, rows, size, rootHash },
    text: [
      table([
        ["moved   ", visible(place), `${size} entries, root ${rootHash}`],
        ["from    ", visible(from), "takes nothing more"],
      ]),
      `compared  ${Object.entries(rows)
        .map(([name, count]) => `${name} ${count}`)
        .join(" · ")}`,
      "next      cto store check, then cto audit verify",
    ].join("\n"),
  };
};
