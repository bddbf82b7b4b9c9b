import { openWorkGround } from "../harness/home/work-ground.ts";
import { knownWorks } from "../harness/reading/read-works.ts";
import type { World } from "../harness/world.ts";
import { parseRunId, type RunId, type WorkId } from "../workflow/ids.ts";
import type { Answer } from "./answer.ts";
import { pick } from "./pick.ts";

/** The work item of this home that is meant. */
export const pickWork = async (world: World, given: string): Promise<WorkId | Answer> =>
  pick({ what: "work item", list: "cto work list" }, given, knownWorks(await openWorkGround(world)));

/** The run of this home that is meant. */
export const pickRun = async (world: World, given: string): Promise<RunId | Answer> =>
  pick(
    { what: "run", list: "cto runs" },
    given,
    (await world.store.runs({})).map(({ run }) => run),
  );

/** The same, also a run that this home does not know and a bucket may have. */
export const pickAnyRun = async (world: World, given: string): Promise<RunId | Answer> =>
  parseRunId(given) ?? pickRun(world, given);
