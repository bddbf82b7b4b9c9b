import type { Holder } from "../seams/store.ts";
import { parseEvent } from "../workflow/event-chain.ts";
import { findFact, type Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** Ends what a dead Harness may have left running, before anything new starts, and tells who goes on for whom. */
export const recover = async (world: World, brokenOff: Holder, recorder: Recorder): Promise<void> => {
  const started = recorder.lines().map(parseEvent).filter(({ type }) => type === "backend.started");
  for (const { data, time } of started)
    if (typeof data["pid"] === "number") await world.host.endOrphan(data["pid"], Date.parse(time));
  if (findFact(recorder.lines(), "run.finished") !== undefined) return;
  recorder.record({
    type: "run.recovered",
    subject: "run",
    trust: "harness-observed",
    data: { fromPid: brokenOff.pid, toPid: world.holder.pid, sameBoot: brokenOff.bootId === world.holder.bootId },
  });
};
