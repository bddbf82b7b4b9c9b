import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";

import { handClock } from "../../../test/fakes/clock.ts";
import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { TEST_HOME_ID, temporaryStore, WITHOUT_RUN_LISTS } from "../../../test/fakes/store.ts";
import type { RunListFilter } from "../../seams/store.ts";
import { workId, type RunId, type WorkId } from "../../workflow/ids.ts";
import type { LedgerEntry } from "../../workflow/ledger.ts";
import type { RunEnding } from "../../workflow/run-state.ts";
import { openStore } from "./kysely-store.ts";

let store: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  store = await temporaryStore();
});
afterEach(() => store.close());

const idOf = (text: string): WorkId => workId(text)!;
const [A, B] = [idOf("CTO-WORK-001"), idOf("CTO-WORK-002")];
const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };

/** A run from its order to its end, and what was recorded of it afterwards. */
const add = async (
  work: WorkId,
  ending: RunEnding | "open",
  records: readonly Pick<LedgerEntry, "type" | "refusals" | "detail">[] = [],
): Promise<RunId> =>
  store.transact(async (ledger) => {
    const about = { actor: "jp", channel: "cli", work } as const;
    if ((await ledger.work(work)) === "absent") await ledger.appendLeaf({ ...about, type: "work.listed" });
    const order = { kind: "execute", work, targetId: work, ofRun: null, epochSeconds: 1, holder, summary: {} } as const;
    const row = await ledger.openRun({ ...order, orderedAt: "2026-01-01T00:00:00.000Z" });
    if ("locked" in row) throw new Error("one run at a time");
    if (ending === "open") return row.run;
    for (const record of records) await ledger.appendLeaf({ ...about, ...record, run: row.run });
    await ledger.updateRun(row.run, { state: "sealing" });
    await ledger.updateRun(row.run, { state: "ended", ending });
    return row.run;
  });

const listed = async (filter: RunListFilter): Promise<readonly [runs: readonly string[], total: number]> => {
  const { rows, total } = await store.listRuns(filter);
  return [rows.map(({ run }) => run), total];
};

const blocked = { type: "run.blocked", refusals: ["approval/absent"] } as const;

test("a page of runs is cut by number, the newest first, with the true total of what the filter lets through", async () => {
  for (let at = 0; at < 3; at += 1) await add(A, "blocked", [blocked]);
  await add(B, "blocked", [blocked]);
  await add(B, "open");
  expect(await listed({ limit: 2 })).toEqual([["R-002-02", "R-002-01"], 5]);
  const [last] = (await store.listRuns({ limit: 2 })).rows.slice(-1);
  expect(await listed({ limit: 2, before: last!.run })).toEqual([["R-001-03", "R-001-02"], 5]);
  expect(await listed({ work: A, limit: 1 })).toEqual([["R-001-03"], 3]);
  expect(await listed({ targetId: B })).toEqual([["R-002-02", "R-002-01"], 2]);
  expect(await listed({ since: "2026-01-02" })).toEqual([[], 0]);
  expect(await listed({ shown: ["blocked"], limit: 1 })).toEqual([["R-002-01"], 4]);
  expect(await listed({ shown: ["blocked"], work: B })).toEqual([["R-002-01"], 1]);
  expect(await listed({ before: "R-009-01" as RunId })).toEqual([[], 5]);
  expect(Object.fromEntries(await store.countRuns())).toEqual({ open: 1, blocked: 4 });
});

test("what a run shows follows the ledger, counts and all, and one that was changed by hand is found", async () => {
  const void1 = { type: "command.refused", refusals: ["policy/no-change"] } as const;
  await add(A, "voided", [void1]);
  await add(A, "voided", [{ ...void1, refusals: ["validation/failed"] }]);
  expect(Object.fromEntries(await store.countRuns())).toEqual({ "voided(no-change)": 1, "voided(validation)": 1 });
  expect(await store.check()).toEqual([]);
  const raw = new Database(store.file);
  raw.exec("update runs set shown = 'accepted' where run_id = 'R-001-01'");
  raw.close();
  expect(await listed({ shown: ["accepted"] })).toEqual([["R-001-01"], 1]);
  expect(await store.check()).toEqual([2]);
});

test("a store from before there were lists shows the same, and counts the same", async () => {
  await add(A, "blocked", [blocked]);
  await add(A, "voided", [{ type: "command.refused", refusals: ["policy/no-change"] }]);
  await add(B, "open");
  const before = [
    await listed({}),
    await listed({ shown: ["voided(no-change)"] }),
    [...(await store.countRuns())].sort(),
  ];
  const raw = new Database(store.file);
  raw.exec(`${WITHOUT_RUN_LISTS} pragma user_version = 3`);
  raw.close();
  const again = await openStore(store.file, {
    homeId: TEST_HOME_ID,
    now: () => handClock().now(),
    signer: () => Promise.resolve(noteSigner()),
  });
  await again.close();
  expect([
    await listed({}),
    await listed({ shown: ["voided(no-change)"] }),
    [...(await store.countRuns())].sort(),
  ]).toEqual(before);
});

test("records are found by what they are about, from either end, in their order", async () => {
  await add(A, "blocked", [blocked]);
  await add(B, "blocked", [blocked]);
  const seqs = async (filter: Parameters<typeof store.records>[0]): Promise<readonly number[]> =>
    (await store.records(filter)).map(({ seq }) => seq);
  expect(await seqs({})).toEqual([1, 2, 3, 4]);
  expect(await seqs({ work: A })).toEqual([1, 2]);
  expect(await seqs({ types: ["run.blocked"], newest: 1 })).toEqual([4]);
  expect(await seqs({ runs: ["R-001-01" as RunId] })).toEqual([2]);
  expect(await seqs({ runs: [] })).toEqual([]);
  expect(await seqs({ after: 1, limit: 2 })).toEqual([2, 3]);
});
