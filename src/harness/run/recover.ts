import type { Holder, RunRow } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import type { World } from "../world.ts";
import { findFact, type Recorder } from "./recorder.ts";

/**
 * Ends what a dead Harness may have left running, before anything new starts, and tells who goes on for whom: in the log
 * of the run, and in the ledger with the head that the unclean stop left.
 */
export const recover = async (world: World, row: RunRow, brokenOff: Holder, recorder: Recorder): Promise<void> => {
  const alive = await world.sandbox.endOrphans(recorder.run);
  if (alive > 0)
    throw new Failure("sandbox/broken", `${alive} processes of the broken run ${recorder.run} cannot be ended.`);
  const isFinished = findFact(recorder.lines(), "run.finished") !== undefined;
  await recorder.transact(async (ledger) => {
    const { checkpoint, sha256 } = await ledger.head();
    await ledger.appendLeaf({
      type: "chain.break",
      actor: "harness",
      channel: "harness",
      work: row.work,
      run: row.run,
      digests: { head: sha256 },
      detail: { size: checkpoint.size },
    });
    if (isFinished) return;
    recorder.record({
      type: "run.recovered",
      subject: "run",
      trust: "harness-observed",
      data: { fromPid: brokenOff.pid, toPid: world.holder.pid, sameBoot: brokenOff.bootId === world.holder.bootId },
    });
    recorder.checkpoint();
  });
};
