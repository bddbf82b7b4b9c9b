import { afterEach, beforeEach, expect, test } from "vitest";

import { handClock } from "../../../test/fakes/clock.ts";
import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { temporaryStore } from "../../../test/fakes/store.ts";
import type { RunRow, Store } from "../../seams/store.ts";
import { SUMS } from "../../workflow/evidence/bundle-table.ts";
import { workId } from "../../workflow/ids.ts";
import type { RunEvent } from "../../workflow/run-events.ts";
import type { Ending } from "../run-workflow.ts";
import { openRecorder, type Recorder } from "../run/recorder.ts";
import { recordEnd, recordOnce } from "./record-seal.ts";

const HOLDER = { pid: process.pid, pidStart: "1", bootId: "b", host: "h" };
const ENDING = { kind: "stopped", refusals: [] } as unknown as Ending;
const FILES = new Map([[SUMS, new TextEncoder().encode("sums")]]);

let store: Store;
let row: RunRow;
let recorder: Recorder;
beforeEach(async () => {
  store = await temporaryStore();
  const work = workId("CTO-WORK-049");
  if (work === undefined) throw new Error("no work id");
  row = await store.transact(async (ledger) => {
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    const order = { kind: "execute", work, ofRun: null, epochSeconds: 1, holder: HOLDER, summary: {} } as const;
    const opened = await ledger.openRun({ ...order, targetId: "t", orderedAt: "2026-06-01T10:00:00.000Z" });
    if ("locked" in opened) throw new Error("the target is held");
    await ledger.updateRun(opened.run, { state: "sealing" });
    return opened;
  });
  recorder = await openRecorder({
    run: row.run,
    host: "h",
    store,
    clock: handClock(),
    signer: noteSigner(),
    redactor: { event: (event: RunEvent): RunEvent => event, news: () => [] },
    onLine: () => undefined,
  });
  recorder.under(await takenUp());
});
afterEach(() => store.close());

const takenUp = (): ReturnType<Parameters<Parameters<Store["transact"]>[0]>[0]["beginAttempt"]> =>
  store.transact((ledger) => ledger.beginAttempt(row.run, "take-up", HOLDER, "unfenced"));

test("whoever has the run records its seal once, and then its end", async () => {
  const first = await recordOnce({ store }, recorder, { row, ending: ENDING, files: FILES });
  expect(await recordOnce({ store }, recorder, { row, ending: ENDING, files: FILES })).toEqual(first);
  await recordEnd(recorder, row, ENDING);
  expect(await store.run(row.run)).toMatchObject({ state: "ended", ending: "stopped" });
});

test("whoever was taken over records neither a seal nor an end", async () => {
  await takenUp();
  const sealing = recordOnce({ store }, recorder, { row, ending: ENDING, files: FILES });
  await expect(sealing).rejects.toMatchObject({ code: "store/fenced" });
  await expect(recordEnd(recorder, row, ENDING)).rejects.toMatchObject({ code: "store/fenced" });
  expect(await store.seals(row.run)).toEqual([]);
  expect((await store.leaves(0)).filter(({ type }) => type === "run.sealed")).toEqual([]);
  expect(await store.run(row.run)).toMatchObject({ ending: null });
});
