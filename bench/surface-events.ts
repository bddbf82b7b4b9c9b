import { digestOf } from "../src/workflow/digest.ts";
import { chainStart, eventLine } from "../src/workflow/event-chain.ts";
import { workId, type RunId } from "../src/workflow/ids.ts";
import type { RunEvent } from "../src/workflow/run-events.ts";
import { makeGround } from "../test/journeys/ground.ts";
import type { Home } from "./surface-homes.ts";

const WORK = workId("CTO-WORK-100000");
const AT = "2026-01-01T00:00:00.000Z";
const HOLDER = { pid: 1, pidStart: "1", bootId: "b", host: "h" };

/** A home with one run of so many facts, chained and appended by its store as those of every run are. */
export const homeOfEvents = async (events: number): Promise<Home & { readonly run: string }> => {
  if (WORK === undefined) throw new TypeError("a work id has up to nine digits");
  const ground = await makeGround();
  const world = await ground.open();
  const about = { actor: "jp", channel: "cli", work: WORK } as const;
  const run = await world.store.transact(async (ledger) => {
    await ledger.appendLeaf({ ...about, type: "work.listed" });
    const order = { kind: "execute", work: WORK, targetId: WORK, ofRun: null, epochSeconds: 1, orderedAt: AT } as const;
    const row = await ledger.openRun({ ...order, holder: HOLDER, summary: {} });
    if ("locked" in row) throw new TypeError("nothing else runs here");
    await ledger.append(row.run, linesOf(row.run, events), "unfenced");
    await ledger.appendLeaf({ ...about, type: "run.blocked", run: row.run, refusals: ["approval/absent"] });
    await ledger.updateRun(row.run, { state: "sealing" });
    await ledger.updateRun(row.run, { state: "ended", ending: "blocked" });
    return row.run;
  });
  await world.store.close();
  return { ...ground, run };
};

/** One second each; none of them goes into the row of another. */
const linesOf = (run: RunId, events: number): readonly string[] => {
  const lines: string[] = [];
  let prev = chainStart(run);
  for (let sequence = 0; sequence < events; sequence += 1) {
    const time = new Date(Date.parse(AT) + sequence * 1000).toISOString();
    const line = eventLine({ event: eventAt(sequence, events), run, sequence, prev, time, host: "a".repeat(64) });
    lines.push(line);
    prev = digestOf(line);
  }
  return lines;
};

const eventAt = (sequence: number, events: number): RunEvent => {
  if (sequence === 0) return { type: "run.ordered", subject: "run", trust: "harness-observed", data: {} };
  if (sequence === events - 1)
    return { type: "run.finished", subject: "run", trust: "harness-observed", data: { result: "blocked", events } };
  const path = `src/file-${sequence}.py`;
  return sequence % 2 === 0
    ? { type: "file.written", subject: path, trust: "harness-observed", data: { path, decision: "allowed" } }
    : {
        type: "message.recorded",
        subject: "agent",
        trust: "agent-claimed",
        data: { role: "agent", text: `edit ${path}` },
      };
};
