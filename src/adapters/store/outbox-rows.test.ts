import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";

import { handClock } from "../../../test/fakes/clock.ts";
import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { temporaryStore, TEST_HOME_ID, WITHOUT_RUN_LISTS } from "../../../test/fakes/store.ts";
import type { Store } from "../../seams/store.ts";
import { ledgerOrigin } from "../../workflow/checkpoint.ts";
import { digestOf } from "../../workflow/digest.ts";
import { runId, workId } from "../../workflow/ids.ts";
import type { LedgerEntry } from "../../workflow/ledger.ts";
import { seenId, type NoticedEvent } from "../../workflow/notice.ts";
import { openStore } from "./kysely-store.ts";

const work = workId("CTO-WORK-049")!;
const run = runId(work, 1);
const clock = handClock();

let store: Awaited<ReturnType<typeof temporaryStore>>;
beforeEach(async () => {
  store = await temporaryStore(clock);
});
afterEach(() => store.close());

const add = (...types: readonly LedgerEntry["type"][]): Promise<void> =>
  store.transact(async (ledger) => {
    for (const type of types) await ledger.appendLeaf({ type, actor: "jp", channel: "cli", work });
  });

const told = async (): Promise<readonly string[]> => (await store.notices(100)).toReversed().map(({ state }) => state);

const seen = (about: string): NoticedEvent => ({
  id: seenId(ledgerOrigin(TEST_HOME_ID), work, "blocked", digestOf(about)),
  at: "2026-06-01T10:00:00.000Z",
  work,
  run: null,
  state: "blocked",
  reason: "approval/absent",
});

/** A notice that goes to the given channels, due now. */
const sent = async (...channels: readonly string[]): Promise<NoticedEvent["id"]> => {
  const notice = seen(channels.join());
  await store.transact(async ({ outbox }) => {
    await outbox.post(notice);
    await outbox.draw(notice.id, `{"id":"${notice.id}"}`);
    const deliveries = channels.map((channel) => ({ channel, state: "waiting", dueMs: 0 }) as const);
    await outbox.send(notice.id, deliveries, "complete");
  });
  return notice.id;
};

test("a notice stands in the outbox with its record, or neither of them does", async () => {
  const broken = store.transact(async (ledger) => {
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    throw new Error("no");
  });
  await expect(broken).rejects.toThrow("no");
  expect(await told()).toEqual([]);
  await add("work.listed", "packet.linted", "approval.recorded", "command.refused", "approval.withdrawn");
  expect(await told()).toEqual(["candidate", "approved", "withdrawn"]);
  const [first] = (await store.notices(100)).toReversed();
  expect(first).toMatchObject({ id: (await store.leaves(0))[0]?.sha256, work, run: null, text: null, deliveries: [] });
});

test("whatever becomes of the outbox, the chain of the ledger is as it was", async () => {
  await add("work.listed", "approval.recorded");
  const head = await store.head();
  await sent("file");
  const file = new Database(store.file);
  file.exec("update deliveries set state = 'dead'");
  file.close();
  expect(await store.head()).toEqual(head);
  expect(await store.check()).toEqual([]);
});

test("a state that was seen is noticed once, also when the ledger records it afterwards", async () => {
  await add("work.listed", "approval.recorded");
  const approval = (await store.leaves(0)).at(-1)?.sha256;
  const id = seenId(ledgerOrigin(TEST_HOME_ID), work, "stale", approval!);
  const post = (): Promise<boolean> =>
    store.transact(({ outbox }) => outbox.post({ ...seen("x"), id, state: "stale", reason: "approval/stale" }));
  expect([await post(), await post()]).toEqual([true, false]);
  await add("approval.stale");
  expect(await told()).toEqual(["candidate", "approved", "stale"]);
  await add("approval.recorded", "approval.stale");
  expect((await told()).slice(3)).toEqual(["approved", "stale"]);
});

test("a notice has one text for ever, and nobody takes it away", async () => {
  const id = await sent("file");
  expect(await store.transact(({ outbox }) => outbox.draw(id, "another"))).toBe(`{"id":"${id}"}`);
  const file = new Database(store.file);
  expect(() => file.exec("delete from outbox")).toThrow("append-only");
  expect(() => file.exec("update outbox set body = 'x'")).toThrow("drawn once");
  file.close();
});

test("of two servers that deliver at once, each delivery is lent to one", async () => {
  const id = await sent("webhook:a", "webhook:b", "file");
  const other: Store = await openStore(store.file, {
    homeId: TEST_HOME_ID,
    now: () => clock.now(),
    signer: () => Promise.resolve(noteSigner()),
  });
  try {
    const lend = (of: Store) => of.transact(({ outbox }) => outbox.lend(1_000, 61_000, "file", 1));
    const [one, two, three] = [await lend(store), await lend(other), await lend(store)];
    expect([one, two, three].map((lent) => lent.map(({ channel }) => channel))).toEqual([
      ["webhook:a"],
      ["webhook:b"],
      [],
    ]);
    // A server that died gave nothing back: its loan is over at its time, and then the other one has it.
    const late = await other.transact(({ outbox }) => outbox.lend(61_000, 121_000, "file", 1));
    expect(late).toMatchObject([{ id, channel: "webhook:a", attempt: 2 }]);
    await store.transact(({ outbox }) => outbox.settle({ ...one[0]! }, { state: "dead", problem: "late" }));
    await other.transact(({ outbox }) => outbox.settle({ ...late[0]! }, { state: "delivered" }));
    await store.transact(({ outbox }) => outbox.settle({ ...late[0]! }, { state: "dead", problem: "later" }));
    expect((await store.notices(1))[0]?.deliveries).toMatchObject([
      { channel: "file", state: "waiting" },
      { channel: "webhook:a", state: "delivered", attempts: 2, problem: "" },
      { channel: "webhook:b", state: "waiting", attempts: 1 },
    ]);
  } finally {
    await other.close();
  }
});

test("what waits on a channel comes in the order of the notices, and not before the oldest is due", async () => {
  await sent("file");
  await add("work.listed");
  const [listed] = await store.notices(1);
  await store.transact(async ({ outbox }) => {
    await outbox.draw(listed!.id, "{}");
    await outbox.send(listed!.id, [{ channel: "file", state: "waiting", dueMs: 0 }], "complete");
  });
  const lent = await store.transact(({ outbox }) => outbox.waitingOn("file", 0, 10));
  expect(lent).toHaveLength(2);
  expect(lent[1]?.id).toBe(listed?.id);
  await store.transact(({ outbox }) =>
    outbox.settle(lent[0]!, { state: "waiting", dueMs: 5_000, problem: "no space left" }),
  );
  expect(await store.transact(({ outbox }) => outbox.waitingOn("file", 4_999, 10))).toEqual([]);
  expect(await store.transact(({ outbox }) => outbox.waitingOn("file", 5_000, 10))).toHaveLength(2);
  expect([await store.isNoticeDue(-1), await store.isNoticeDue(5_000)]).toEqual([false, true]);
  expect(await store.deliveries()).toEqual({ waiting: 2, delivered: 0, dead: 0, muted: 0 });
});

test("a ledger from before there was an outbox tells nothing of its past, and all that comes", async () => {
  await add("work.listed");
  await store.transact(({ outbox }) => outbox.unsent(0, 10));
  const { file } = store;
  const old = new Database(file);
  old.exec(`drop table deliveries; drop table outbox; ${WITHOUT_RUN_LISTS} pragma user_version = 2`);
  old.close();
  const again = await openStore(file, {
    homeId: TEST_HOME_ID,
    now: () => clock.now(),
    signer: () => Promise.resolve(noteSigner()),
  });
  await again.transact((ledger) =>
    ledger.appendLeaf({ type: "approval.recorded", actor: "jp", channel: "cli", work, run }),
  );
  expect((await again.notices(10)).map(({ state, run: of }) => [state, of])).toEqual([["approved", run]]);
  await again.close();
});
