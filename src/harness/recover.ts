import type { Holder } from "../seams/store.ts";
import { Failure } from "../workflow/failure.ts";
import { findFact, type Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** Ends what a dead Harness may have left running, before anything new starts, and tells who goes on for whom. */
export const recover = async (world: World, brokenOff: Holder, recorder: Recorder): Promise<void> => {
  const alive = await world.host.endOrphans(recorder.run);
  if (alive > 0)
    throw new Failure("sandbox/broken", `${alive} processes of the broken run ${recorder.run} cannot be ended.`);
  if (findFact(recorder.lines(), "run.finished") !== undefined) return;
  recorder.record({
    type: "run.recovered",
    subject: "run",
    trust: "harness-observed",
    data: { fromPid: brokenOff.pid, toPid: world.holder.pid, sameBoot: brokenOff.bootId === world.holder.bootId },
  });
};
