import { writeSync } from "node:fs";

import { compose } from "../../src/compose.ts";
import { run } from "../../src/harness/run.ts";
import type { World } from "../../src/harness/world.ts";
import type { RawLogs } from "../../src/seams/host.ts";
import type { ConfinedStage } from "../../src/seams/sandbox.ts";
import { parseEvent } from "../../src/workflow/event-chain.ts";
import { workId } from "../../src/workflow/ids.ts";
import type { BreakingOrder, BreakingPoint } from "./breaking.ts";

// A Harness of its own that stands still for ever at one point of a run, so that it can be killed exactly there.
const order = JSON.parse(process.argv[2] ?? "") as BreakingOrder;

const stand = (): never => {
  writeSync(1, "here\n");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
};

let met = 0;
const isTheOne = ({ line, subject, nth = 1 }: Extract<BreakingPoint, { line: string }>, text: string): boolean => {
  const event = parseEvent(text);
  if (event.type !== line || (subject !== undefined && event.subject !== subject)) return false;
  met += 1;
  return met === nth;
};

/** Stands still before or after a call of one seam. */
const around = <A extends readonly unknown[], T>(
  act: (...given: A) => Promise<T>,
  when: "before" | "after",
  nth = 1,
): ((...given: A) => Promise<T>) => {
  let calls = 0;
  return async (...given) => {
    const call = (calls += 1);
    if (when === "before" && call === nth) stand();
    const value = await act(...given);
    if (when === "after" && call === nth) stand();
    return value;
  };
};

const standingStill = (stage: ConfinedStage): ConfinedStage => ({ ...stage, start: around(stage.start, "after") });

/** Stands still once so many pieces of the agent's log are kept. */
const standingAt = (keep: RawLogs["keep"], nth = 1): RawLogs["keep"] => {
  let kept = 0;
  return (log, bytes) => {
    keep(log, bytes);
    kept += 1;
    if (kept === nth) stand();
  };
};

const broken = (world: World, point: BreakingPoint): World => {
  if ("line" in point) return world;
  const { seam, when, nth } = point;
  const { target, archive, sandbox, host, consume } = world;
  switch (seam) {
    case "consume":
      return { ...world, consume: around(consume, when) };
    case "backend.log":
      return {
        ...world,
        host: { ...host, openRawLogs: (...given) => ({ keep: standingAt(host.openRawLogs(...given).keep, nth) }) },
      };
    case "target.commit":
      return { ...world, target: { ...target, commit: around(target.commit, when) } };
    case "archive.put":
      return { ...world, archive: { ...archive, put: around(archive.put, when, nth) } };
    case "archive.seal":
      return { ...world, archive: { ...archive, seal: around(archive.seal, when) } };
    case "validation.start":
      return {
        ...world,
        sandbox: {
          ...sandbox,
          open: async (stage) =>
            stage.purpose === "validation" ? standingStill(await sandbox.open(stage)) : sandbox.open(stage),
        },
      };
  }
};

const { home, environment, point, stopAt } = order;
const world = broken(await compose({ home, environment, terminal: false, mode: "write" }), point);
const work = workId(order.work);
if (work === undefined) throw new Error(`${order.work} is no work id`);
const stopping = new AbortController();
const done = await run(world, work, stopping.signal, (line) => {
  if (stopAt !== undefined && parseEvent(line).type === stopAt) stopping.abort();
  if ("line" in point && isTheOne(point, line)) stand();
});
writeSync(1, `it ended: ${JSON.stringify(done)}\n`);
