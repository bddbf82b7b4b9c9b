import { digestOf } from "../../workflow/digest.ts";
import type { ReplayLevel } from "../../workflow/evidence/schemas/replay-levels.ts";
import type { Report } from "../../workflow/evidence/schemas/report.ts";
import type { Permit } from "../../workflow/gate/permit.ts";
import { parseRunId } from "../../workflow/ids.ts";
import { refusal, type Refusal } from "../../workflow/refusal.ts";
import { ok, refuse, type Result } from "../../workflow/result.ts";
import { permitOf } from "../run/recorded-run.ts";
import type { World } from "../world.ts";

/** The home that made a run, and the permit of then: what starts anything again comes from the ledger, never from a bundle. */
export interface ReplayHome {
  readonly world: World;
  readonly permit: Permit;
}

/** Refuses where there is no home, or one that knows the run not or under other words than the bundle holds. */
export const replayHome = async (
  world: World | "none",
  files: ReadonlyMap<string, Uint8Array>,
  report: Report,
  level: ReplayLevel,
): Promise<Result<ReplayHome, Refusal>> => {
  const no = (needs: string): Result<never, Refusal> =>
    refuse(refusal("replay/needs-home", { run: report.run, level, needs }));
  if (world === "none") return no("the home that made it, with its ledger and its clone of the target");
  const run = parseRunId(report.run);
  const permit = run === undefined ? undefined : await permitOf(world, run);
  if (permit === undefined) return no(`a home whose ledger holds its permit; the one at ${world.home.folder} does not`);
  const contract = files.get("approval/contract.json");
  if (contract === undefined || digestOf(contract) !== permit.digests.contract)
    return no(`a home that permitted the contract in the bundle; the one at ${world.home.folder} permitted another`);
  return ok({ world, permit });
};
