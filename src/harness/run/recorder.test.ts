import { afterEach, beforeEach, expect, test } from "vitest";

import { handClock, type HandClock } from "../../../test/fakes/clock.ts";
import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { temporaryStore } from "../../../test/fakes/store.ts";
import { runOrigin, isSignedCheckpoint, type Checkpoint } from "../../workflow/checkpoint.ts";
import { parseEvent, walkChain } from "../../workflow/event-chain.ts";
import { workId, type RunId } from "../../workflow/ids.ts";
import { leafHash, treeOver } from "../../workflow/merkle.ts";
import type { RunEvent } from "../../workflow/run-events.ts";
import { openRecorder, type Recorder } from "./recorder.ts";

const signer = noteSigner();
const work = workId("CTO-WORK-049")!;
const said: RunEvent = { type: "message.recorded", subject: "turn/1", trust: "agent-claimed", data: { text: "hello" } };
const end: RunEvent = { type: "run.finished", subject: "run", trust: "harness-observed", data: {} };

let clock: HandClock;
let store: Awaited<ReturnType<typeof temporaryStore>>;
let run: RunId;
let told: string[];
beforeEach(async () => {
  clock = handClock();
  store = await temporaryStore(clock);
  told = [];
  run = await store.transact(async (ledger) => {
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };
    const opened = await ledger.openRun({
      kind: "execute",
      work,
      targetId: "t",
      ofRun: null,
      orderedAt: "x",
      epochSeconds: 1,
      holder,
      summary: {},
    });
    if ("locked" in opened) throw new Error("the fixture is wrong");
    return opened.run;
  });
});
afterEach(() => store.close());

const open = (): Promise<Recorder> =>
  openRecorder({ run, host: "h", store, clock, signer, redactor: SECRETLESS, onLine: (line) => told.push(line) });

const SECRETLESS = { event: (event: RunEvent): RunEvent => event, news: () => [] };

const record = (recorder: Recorder, times: number): void => {
  for (let n = 0; n < times; n += 1) recorder.record(said);
};

const checkpointOver = (lines: readonly string[]): Checkpoint => ({
  origin: runOrigin(run),
  size: lines.length,
  rootHash: Buffer.from(treeOver(lines.map(leafHash)).rootAt(lines.length)).toString("base64"),
});

/** Where the checkpoints stand in a log, each of them proven to be over exactly the lines before it. */
const checkpointsIn = (lines: readonly string[]): readonly number[] => {
  expect(walkChain(run, lines)).toMatchObject({ ok: true });
  return lines.map(parseEvent).flatMap(({ type, data, sequence }) => {
    if (type !== "evidence.checkpointed") return [];
    const before = checkpointOver(lines.slice(0, sequence));
    expect(data).toMatchObject({ size: before.size, rootHash: before.rootHash });
    expect(isSignedCheckpoint(String(data["note"]), before, signer.publicKey)).toBe(true);
    return [sequence];
  });
};

test("every 256th line of a log signs all lines before it, and is written with the ones that it covers", async () => {
  const recorder = await open();
  record(recorder, 600);
  expect(checkpointsIn(recorder.lines())).toEqual([255, 511]);
  expect(await store.facts(run)).toEqual([]);
  await recorder.flush();
  expect(await store.facts(run)).toEqual(recorder.lines());
  expect(told).toEqual(recorder.lines());
});

test("a line that is two seconds old is signed with the next one, or when the log is written", async () => {
  const recorder = await open();
  record(recorder, 1);
  clock.pass(1999);
  record(recorder, 1);
  expect(checkpointsIn(recorder.lines())).toEqual([]);
  clock.pass(1);
  record(recorder, 1);
  expect(checkpointsIn(recorder.lines())).toEqual([3]);
  clock.pass(60_000);
  record(recorder, 1);
  expect(checkpointsIn(recorder.lines())).toEqual([3]);
  clock.pass(2000);
  await recorder.flush();
  expect(checkpointsIn(await store.facts(run))).toEqual([3, 5]);
});

test("asked for twice, a checkpoint is made once", async () => {
  const recorder = await open();
  recorder.checkpoint();
  record(recorder, 2);
  recorder.checkpoint();
  recorder.checkpoint();
  expect(checkpointsIn(recorder.lines())).toEqual([2]);
});

test("what a broken transaction recorded is in no tree", async () => {
  const recorder = await open();
  record(recorder, 3);
  const broken = recorder.transact(() => {
    record(recorder, 300);
    recorder.checkpoint();
    return Promise.reject(new Error("broken"));
  });
  await expect(broken).rejects.toThrow("broken");
  expect(recorder.lines()).toHaveLength(3);
  record(recorder, 1);
  recorder.checkpoint();
  await recorder.flush();
  expect(checkpointsIn(await store.facts(run))).toEqual([4]);
});

test("a recorder that goes on signs what was written before it, too", async () => {
  const first = await open();
  record(first, 5);
  first.checkpoint();
  record(first, 2);
  await first.flush();
  const second = await open();
  record(second, 1);
  second.checkpoint();
  record(second, 255);
  expect(checkpointsIn(second.lines())).toEqual([5, 9, 265]);
});

test("the end stays the last line, and the note over it is no line", async () => {
  const recorder = await open();
  record(recorder, 254);
  recorder.record(end);
  expect(recorder.lines()).toHaveLength(255);
  expect(isSignedCheckpoint(recorder.note(), checkpointOver(recorder.lines()), signer.publicKey)).toBe(true);
  await recorder.flush();
  expect(parseEvent((await store.facts(run)).at(-1) ?? "").type).toBe("run.finished");
});
