import type { StageDescription } from "../../seams/sandbox.ts";
import { UPGRADE } from "./probe-checks.ts";
import type { Check } from "./probe-tools.ts";

const ENOSPC = "28";

/** What only the full stage has: both quotas of the scratch, an upper layer that tells no lies, processes counted in it. */
export const judgeOverlay = (
  facts: Readonly<Record<string, string>>,
  { uid, limits }: Pick<StageDescription, "uid" | "limits">,
): readonly Check[] => {
  const most = (name: string): number => limits.find((limit) => limit.name === name)?.value ?? 0;
  const count = (name: string): number => Number(facts[name] ?? Number.NaN);
  const { bytes, inodes, processes, owner, attribute } = facts;
  return [
    check(
      "quota-bytes",
      facts["bytes-errno"] === ENOSPC && count("bytes") > 0 && count("bytes") <= most("scratch-bytes") + ROOM_BYTES,
      `Writing ends with errno ${facts["bytes-errno"]} after ${bytes} bytes.`,
    ),
    check(
      "quota-inodes",
      facts["inodes-errno"] === ENOSPC &&
        count("inodes") > 0 &&
        count("inodes") <= most("scratch-inodes") + ROOM_INODES,
      `Making files ends with errno ${facts["inodes-errno"]} after ${inodes}.`,
    ),
    check(
      "attributes",
      facts["attribute-set"] !== undefined && attribute === "absent",
      `An attribute of the overlay that is forged inside is ${facts["attribute-set"] === "0" ? "escaped" : "refused"}.`,
    ),
    check("owner", owner === String(uid), `What is written belongs to uid ${owner} on the host.`),
    check(
      "processes",
      count("processes") > 0 && count("processes") <= most("processes"),
      `A process inside can start ${processes} others.`,
    ),
  ];
};

// The stage's own folders lie in the same scratch.
const ROOM_BYTES = 65_536;
const ROOM_INODES = 24;

const check = (id: string, ok: boolean, says: string): Check => ({
  id,
  ok,
  says: ok ? says : `Not held: ${says}`,
  fix: UPGRADE,
});
