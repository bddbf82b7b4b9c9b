import { parseEvent } from "../workflow/event-chain.ts";
import type { Recorder } from "./recorder.ts";
import type { World } from "./world.ts";

/** Ends what a dead Harness may have left running, before anything new starts: sandboxes are recorded before they act. */
export const endOrphans = async (world: World, recorder: Recorder): Promise<void> => {
  const started = recorder.lines().map(parseEvent).filter(({ type }) => type === "backend.started");
  for (const { data, time } of started)
    if (typeof data["pid"] === "number") await world.host.endOrphan(data["pid"], Date.parse(time));
  recorder.record({
    type: "run.recovered",
    subject: "run",
    trust: "harness-observed",
    data: { toPid: world.holder.pid, attempt: started.length + 1 },
  });
};
