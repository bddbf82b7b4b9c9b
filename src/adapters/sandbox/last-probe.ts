import { stat } from "node:fs/promises";

import type { Protections } from "../../seams/sandbox.ts";
import { timeText } from "../../workflow/instant.ts";
import { keptProbe, PROBE_FILE, probeKey } from "./probe-cache.ts";
import { STAGE_SCRIPT } from "./stage-script.ts";

/** What the last probe of this home found, and when (RFC 3339, UTC). */
export interface LastProbe {
  readonly protections: Protections;
  readonly at: string;
}

/**
 * The last good probe that this home keeps, for this boot, this user and this code; undefined where there is none.
 * Starts nothing, so it does not ask the programs of the chain again whether they are still the same.
 */
export const lastProbe = async (stateFolder: string): Promise<LastProbe | undefined> => {
  const file = `${stateFolder}/${PROBE_FILE}`;
  const kept = await keptProbe(file);
  if (kept === undefined || kept.key !== (await probeKey(kept.protections.tools, STAGE_SCRIPT))) return undefined;
  return { protections: kept.protections, at: timeText((await stat(file)).mtimeMs) };
};

/** What stands where no probe is kept: unknown, which opens nothing. */
export const NOT_PROBED: Protections = {
  confinement: "none",
  checks: [
    { id: "not-observed", ok: false, says: "Nothing was started here to find out.", fix: "cto doctor --only sandbox" },
  ],
  tools: [],
};
