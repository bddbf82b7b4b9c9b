import { digestOf } from "../workflow/digest.ts";
import { SUMS } from "../workflow/evidence/bundle-table.ts";
import type { RunId } from "../workflow/ids.ts";
import type { World } from "./world.ts";

/** Whether a sealed bundle still holds the bytes that the ledger sealed. It is no verification: cto verify does more. */
export const sealHolds = async (world: World, run: RunId): Promise<boolean> => {
  const seal = (await world.store.seals(run)).at(-1);
  if (seal === undefined) return true;
  const bundle = await world.archive.open({ run });
  if (bundle === "absent" || bundle.odd.length > 0) return false;
  const sums = bundle.files.get(SUMS);
  if (sums === undefined || digestOf(sums) !== seal.sums) return false;
  const lines = new TextDecoder()
    .decode(sums)
    .split("\n")
    .filter((line) => line !== "");
  return lines.every((line) => {
    const [, digest, name = ""] = /^([0-9a-f]{64}) [ *](.+)$/.exec(line) ?? [];
    const bytes = bundle.files.get(name);
    return bytes !== undefined && digestOf(bytes) === digest;
  });
};
