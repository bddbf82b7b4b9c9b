import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Fence, Holder, Ledger, RunRow, Store } from "../../src/seams/store.ts";
import { asJson } from "../../src/workflow/as-json.ts";
import { foldWork } from "../../src/workflow/contract/fold-work.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { eventLine } from "../../src/workflow/event-chain.ts";
import { parseRunId, workId, type RunId } from "../../src/workflow/ids.ts";
import type { LedgerEntry } from "../../src/workflow/ledger.ts";
import type { RunEvent } from "../../src/workflow/run-events.ts";
import { handClock } from "../fakes/clock.ts";
import { STORES } from "../fakes/store.ts";

const holder: Holder = { pid: 1, pidStart: "7", bootId: "boot-1", host: "here" };
const work = workId("CTO-WORK-049")!;
const clock = handClock();

const leaf = (type: LedgerEntry["type"], more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  type,
  actor: "jp",
  channel: "cli",
  work,
  ...more,
});

const order = (targetId: string = "t1"): Parameters<Ledger["openRun"]>[0] => ({
  kind: "execute",
  work,
  targetId,
  ofRun: null,
  orderedAt: "2026-06-01T10:00:00.000Z",
  epochSeconds: 1_780_308_000,
  holder,
  summary: { of: "nothing yet" },
});

describe.each(STORES)("a store over $name", ({ make }) => {
  let store: Awaited<ReturnType<typeof make>>;
  beforeEach(async () => {
    store = await make(clock);
  });
  afterEach(() => store.close());

  const opened = async (of: Store = store, targetId?: string): Promise<RunRow> =>
    of.transact(async (ledger) => {
      if ((await ledger.work(work)) === "absent") await ledger.appendLeaf(leaf("work.listed"));
      const row = await ledger.openRun(order(targetId));
      if ("locked" in row) throw new Error("locked");
      return row;
    });

  test("a filter that names no run, no type or no state lets nothing through", async () => {
    await opened();
    expect(await store.records({ work })).not.toEqual([]);
    expect(await store.records({ runs: [] })).toEqual([]);
    expect(await store.records({ types: [] })).toEqual([]);
    expect(await store.listRuns({ work, shown: [], limit: 5 })).toEqual({ rows: [], total: 0 });
  });

  const record = async (run: RunId, by: Fence | "unfenced", ...types: readonly RunEvent["type"][]): Promise<void> =>
    store.transact(async (ledger) => {
      for (const type of types) {
        const { sequence, prev } = await ledger.tip(run);
        const event: RunEvent = { type, subject: "run", trust: "harness-observed", data: {} };
        const line = eventLine({ event, run, sequence, prev, time: "2026-06-01T10:00:00.000Z", host: digestOf("h") });
        await ledger.append(run, [line], by);
      }
    });

  test("R133 a transaction that throws leaves nothing", async () => {
    const broken = store.transact(async (ledger) => {
      await ledger.appendLeaf(leaf("work.listed"));
      await ledger.keep("x", new Uint8Array([1]));
      throw new Error("no");
    });
    await expect(broken).rejects.toThrow("no");
    expect(await store.leaves(0)).toEqual([]);
    expect(await store.work(work)).toBe("absent");
    expect(await store.document(digestOf(new Uint8Array([1])))).toBe("absent");
  });

  test("a read waits for no transaction and sees nothing of an unfinished one", async () => {
    await store.transact(async (ledger) => {
      await ledger.appendLeaf(leaf("work.listed"));
      expect(await store.leaves(0)).toEqual([]);
      expect(await ledger.leaves(0)).toHaveLength(1);
    });
    expect(await store.leaves(0)).toHaveLength(1);
  });

  test("a transaction inside a transaction is a crash, not a wait for ever", async () => {
    await expect(store.transact(() => store.transact(async () => 1))).rejects.toThrow(TypeError);
    expect(await store.transact(async () => 1)).toBe(1);
  });

  test("transactions of one process go one after another", async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => store.transact((ledger) => ledger.appendLeaf(leaf("command.refused")))),
    );
    expect((await store.leaves(0)).map(({ seq }) => seq)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    expect(await store.check()).toEqual([]);
  });

  test("R138 runs get gap-free numbers, and each attempt of a work item its own id", async () => {
    const first = await opened(store, "t1");
    const second = await opened(store, "t2");
    await expect(
      store.transact((ledger) => ledger.openRun({ ...order("t3"), work: workId("CTO-WORK-999")! })),
    ).rejects.toThrow(/foreign key/i);
    const third = await opened(store, "t3");
    expect([first, second, third].map(({ run, runNo }) => `${run} ${runNo}`)).toEqual([
      "R-049-01 1",
      "R-049-02 2",
      "R-049-03 3",
    ]);
    expect(await store.run(second.run)).toEqual(second);
    expect(await store.runs({ work, open: true })).toHaveLength(3);
  });

  test("R134 a target that an open run holds is locked, and free again at its end", async () => {
    const { run } = await opened();
    expect(await store.transact((ledger) => ledger.openRun(order()))).toMatchObject({ locked: { run, holder } });
    await store.transact(async (ledger) => {
      await ledger.updateRun(run, { state: "sealing" });
      await ledger.updateRun(run, { state: "ended", ending: "blocked" });
    });
    expect(await store.run(run)).toMatchObject({ state: "ended", ending: "blocked" });
    expect((await opened()).run).toBe("R-049-02");
    expect((await store.runs({ open: true })).map((row) => row.run)).toEqual(["R-049-02"]);
  });

  test.each<readonly [string, readonly Parameters<Ledger["updateRun"]>[1][]]>([
    ["back to ordered", [{ state: "executing" }, { state: "ordered" }]],
    ["from executing to its end", [{ state: "executing" }, { state: "ended", ending: "voided" }]],
    ["out of its end", [{ state: "sealing" }, { state: "ended", ending: "voided" }, { state: "executing" }]],
    [
      "to a second seal without a commit",
      [{ state: "sealing" }, { state: "ended", ending: "interrupted" }, { state: "sealing" }],
    ],
    ["to an end without an ending", [{ state: "sealing" }, { state: "ended" }]],
    ["to an ending before its end", [{ ending: "voided" }]],
  ])("a run does not go %s", async (_, changes) => {
    const { run } = await opened();
    const all = store.transact(async (ledger) => {
      for (const change of changes) await ledger.updateRun(run, change);
    });
    await expect(all).rejects.toThrow(TypeError);
    expect(await store.run(run)).toMatchObject({ state: "ordered" });
  });

  test("an interrupted run that holds a commit is sealed a second time (W12)", async () => {
    const { run } = await opened();
    await store.transact(async (ledger) => {
      for (const state of ["executing", "committing", "sealing"] as const) await ledger.updateRun(run, { state });
      await ledger.updateRun(run, { state: "ended", ending: "interrupted", summary: { commit: "abc" } });
      await ledger.claimOnce("commit", "abc", run);
      await ledger.updateRun(run, { state: "sealing" });
      await ledger.updateRun(run, { state: "ended", ending: "awaiting_outcome" });
    });
    expect(await store.run(run)).toMatchObject({ ending: "awaiting_outcome", summary: { commit: "abc" } });
  });

  test("R133 a newer attempt of any step fences every older one off", async () => {
    const { run } = await opened();
    const old = await store.transact((ledger) => ledger.beginAttempt(run, "backend", holder, "unfenced"));
    await record(run, old, "run.ordered");
    const other: Holder = { ...holder, pid: 2 };
    const newer = await store.transact((ledger) => ledger.beginAttempt(run, "backend", other, "unfenced"));
    expect([old, newer]).toMatchObject([
      { attempt: 1, token: 1 },
      { attempt: 2, token: 2 },
    ]);
    await expect(record(run, old, "gate.checked")).rejects.toMatchObject({ code: "store/fenced" });
    const woken = store.transact((ledger) => ledger.beginAttempt(run, "validation", holder, old));
    await expect(woken, "whoever slept cannot take it back").rejects.toMatchObject({ code: "store/fenced" });
    await record(run, newer, "gate.checked");
    const validation = await store.transact((ledger) => ledger.beginAttempt(run, "validation", other, newer));
    expect(validation).toMatchObject({ attempt: 1, token: 3 });
    expect(await store.facts(run)).toHaveLength(2);
    expect(await store.run(run)).toMatchObject({ holder: other, token: 3 });
  });

  test("facts continue their run's chain or are a crash", async () => {
    const { run } = await opened();
    await record(run, "unfenced", "run.ordered", "gate.checked");
    const [first, second] = await store.facts(run);
    const append = (lines: readonly string[], of: RunId = run): Promise<void> =>
      store.transact((ledger) => ledger.append(of, lines, "unfenced"));
    await expect(append([first!])).rejects.toThrow(TypeError);
    await expect(append([second!])).rejects.toThrow(TypeError);
    await expect(append(["{}"])).rejects.toThrow(TypeError);
    await expect(append([], parseRunId("R-049-99"))).rejects.toThrow(TypeError);
    expect(await store.facts(run)).toEqual([first, second]);
  });

  test("a document is kept byte for byte, once", async () => {
    const bytes = new Uint8Array([0, 255, 13, 10]);
    const digests = await store.transact(async (ledger) => [
      await ledger.keep("x", bytes),
      await ledger.keep("y", bytes),
    ]);
    expect(new Set(digests)).toEqual(new Set([digestOf(bytes)]));
    expect(await store.document(digestOf(bytes))).toEqual(bytes);
  });

  test("a seal is recorded once and never over other bytes", async () => {
    const { run } = await opened();
    const row = { run, revision: 1, sums: digestOf("sums"), bytes: 12, proof: "shown" };
    await store.transact((ledger) => ledger.seal(row));
    await store.transact((ledger) => ledger.seal(row));
    await expect(store.transact((ledger) => ledger.seal({ ...row, sums: digestOf("x") }))).rejects.toThrow(TypeError);
    expect(await store.seals(run)).toMatchObject([row]);
  });

  test("R017 the row of a work item is written with the leaf and equals the fold", async () => {
    const { run } = await opened();
    const rest = [
      leaf("approval.recorded"),
      leaf("approval.consumed", { run, approvalId: "ap-1" }),
      leaf("run.voided", { run }),
    ];
    for (const entry of rest) {
      await store.transact((ledger) => ledger.appendLeaf(entry));
      const folded = foldWork(await store.leaves(0)).get(work)!;
      expect(await store.work(work)).toEqual({ work, state: folded.state, lastRun: folded.lastRun });
    }
    expect(await store.works()).toEqual([{ work, state: "candidate", lastRun: run }]);
    await store.transact((ledger) => ledger.putWork({ work, state: "candidate", lastRun: run }));
    await expect(store.transact((ledger) => ledger.putWork({ work, state: "approved", lastRun: run }))).rejects.toThrow(
      TypeError,
    );
    expect(await store.check()).toEqual([]);
  });

  test("R019 a leaf that the table does not allow writes nothing", async () => {
    await opened();
    await expect(store.transact((ledger) => ledger.appendLeaf(leaf("outcome.accepted")))).rejects.toThrow(TypeError);
    expect(await store.leaves(0)).toHaveLength(1);
  });

  test("R137 a leaf tells who, when, through what, and chains to the one before", async () => {
    const entry = leaf("command.refused", {
      actor: "uid:0",
      refusals: ["gate/env-not-set"],
      detail: asJson({ command: "run" }) as never,
    });
    const first = await store.transact((ledger) => ledger.appendLeaf(entry));
    clock.pass(1000);
    const second = await store.transact((ledger) => ledger.appendLeaf(entry));
    expect([first, second]).toMatchObject(await store.leaves(0));
    expect(second).toMatchObject({ ...entry, seq: 2, prev: first.sha256 });
    expect(Date.parse(second.at) - Date.parse(first.at)).toBe(1000);
    expect([second]).toMatchObject(await store.leaves(1));
  });

  test("a claim is true for its first claimant for ever, and false for all others", async () => {
    const claim = (by: string): Promise<boolean> =>
      store.transact((ledger) => ledger.claimOnce("approval", "ap-1", by));
    expect([await claim("a"), await claim("b"), await claim("a"), await claim("c")]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect(await store.transact((ledger) => ledger.claimOnce("nonce", "ap-1", "b"))).toBe(true);
  });
});
