import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { noteSigner } from "../../../test/fakes/note-signer.ts";
import { openAt, TEST_HOME_ID, testOptions } from "../../../test/fakes/store.ts";
import { freshDatabase, onDatabase, POSTGRES, type Database as Server } from "../../../test/postgres.ts";
import type { RunRow, Store } from "../../seams/store.ts";
import { ledgerOrigin } from "../../workflow/checkpoint.ts";
import { digestOf } from "../../workflow/digest.ts";
import { eventLine } from "../../workflow/event-chain.ts";
import { workId } from "../../workflow/ids.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { copyLedger, type LedgerPlace } from "./copy-ledger.ts";
import { schemaOf } from "./open-postgres.ts";
import { postgresPlace } from "./postgres-place.ts";
import { sqlitePlace } from "./sqlite-place.ts";

const start = ledgerStart(TEST_HOME_ID);
const notary = { origin: ledgerOrigin(TEST_HOME_ID), signer: () => Promise.resolve(noteSigner()) };
const work = workId("CTO-WORK-049")!;
const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };

describe.skipIf(POSTGRES === undefined)("a ledger that is moved", () => {
  let folder = "";
  let server: Server;
  let file = "";
  let here: LedgerPlace;
  let there: LedgerPlace;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), "cto-copy-"));
    file = path.join(folder, "ledger.db");
    server = await freshDatabase();
    here = sqlitePlace(file, start);
    there = postgresPlace(server.url, TEST_HOME_ID, start);
  });
  afterEach(async () => {
    await server.giveBack();
    await rm(folder, { recursive: true });
  });

  const within = async <T>(place: string, act: (store: Store) => Promise<T>): Promise<T> => {
    const store = await openAt(place, testOptions());
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  };

  /** One run with everything that a store keeps of one, left open. */
  const begin = (place: string): Promise<RunRow> =>
    within(place, (store) =>
      store.transact(async (ledger) => {
        if ((await ledger.work(work)) === "absent")
          await ledger.appendLeaf({ type: "work.listed", actor: "jp\u00e9\u{1f600}", channel: "cli", work });
        const row = await ledger.openRun({
          kind: "execute",
          work,
          targetId: "t",
          ofRun: null,
          orderedAt: "2026-06-01T10:00:00.000Z",
          epochSeconds: 1_780_308_000,
          holder,
          summary: { of: "nothing" },
        });
        if ("locked" in row) throw new Error("locked");
        const fence = await ledger.beginAttempt(row.run, "gate", holder, "unfenced");
        const { sequence, prev } = await ledger.tip(row.run);
        const event = { type: "run.ordered", subject: "run", trust: "harness-observed", data: {} } as const;
        const line = eventLine({ event, run: row.run, sequence, prev, time: row.orderedAt, host: digestOf("h") });
        await ledger.append(row.run, [line], fence);
        await ledger.keep("x", new Uint8Array([0, 255, 13, 10]));
        await ledger.claimOnce("nonce", "n", row.run);
        await ledger.seal({ run: row.run, revision: 1, sums: digestOf("s"), bytes: 3_000_000_000, proof: "p" });
        await ledger.outbox.send(
          (await ledger.outbox.unsent(0, 1))[0]!.id,
          [{ channel: "file", state: "waiting", dueMs: 4_000_000_000_000 }],
          "complete",
        );
        return row;
      }),
    );

  const end = (place: string, { run }: RunRow): Promise<void> =>
    within(place, (store) =>
      store.transact(async (ledger) => {
        await ledger.appendLeaf({ type: "run.blocked", actor: "harness", channel: "harness", work, run });
        await ledger.updateRun(run, { state: "sealing" });
        await ledger.updateRun(run, { state: "ended", ending: "blocked" });
      }),
    );

  const fill = async (): Promise<void> => end(file, await begin(file));

  const move = (from: LedgerPlace, to: LedgerPlace, lead: () => Promise<void> = async () => undefined) =>
    copyLedger({ from, to, start, notary, lead });

  const told = (place: string) =>
    within(place, async (store) => ({
      head: await store.head(),
      records: (await store.leaves(0)).map(({ text }) => text),
      runs: await store.runs({}),
      counts: await store.countRuns(),
      works: await store.works(),
      notices: await store.notices(10),
      facts: await store.facts((await store.runs({}))[0]!.run),
      document: await store.document(digestOf(new Uint8Array([0, 255, 13, 10]))),
      problems: await store.problems(),
    }));

  test("is the same on the server and back in the home, and goes on there", async () => {
    await fill();
    const before = await told(file);
    expect(before).toMatchObject({ problems: [] });
    const moved = await move(here, there);
    expect(moved).toMatchObject({
      ok: true,
      value: {
        size: 2,
        rootHash: before.head.checkpoint.rootHash,
        rows: { ledger: 2, documents: 1, facts: 1, runs: 1 },
      },
    });
    expect(await told(server.url)).toEqual(before);
    const next = await begin(server.url);
    expect(next.runNo).toBe(2);
    await end(server.url, next);
    const grown = await told(server.url);
    expect(await move(there, here)).toMatchObject({ ok: true, value: { size: 3 } });
    expect(await told(file)).toEqual(grown);
    await fill();
    expect(await move(here, there)).toMatchObject({ ok: true, value: { size: 4 } });
    expect(existsSync(`${file}.moved`) && existsSync(`${file}.moved-2`)).toBe(true);
  });

  test("takes nothing more where it was, from whoever has it open or opens it", async () => {
    await fill();
    await move(here, there);
    const old = new Database(`${file}.moved`);
    for (const sql of ["insert into claims values ('nonce', 'm', 'c', 'at')", "update ledger_head set run_no = 9"])
      expect(() => old.exec(sql)).toThrow("goes on elsewhere");
    old.close();
    await expect(openAt(file, testOptions()), "no second ledger begins").rejects.toMatchObject({ code: "store/moved" });
    const late = await openAt(server.url, testOptions());
    await move(there, here);
    const write = late.transact((ledger) =>
      ledger.appendLeaf({ type: "command.refused", actor: "late", channel: "cli" }),
    );
    await expect(write).rejects.toMatchObject({ code: "store/moved", retry: false });
    await late.close();
    await expect(openAt(server.url, testOptions())).rejects.toMatchObject({ code: "store/moved" });
  });

  test("stays while a run is open, while another process has it open, and where it does not hold", async () => {
    const row = await begin(file);
    expect(await move(here, there)).toMatchObject({ ok: false, refusals: [{ code: "ledger/run-open" }] });
    await end(file, row);
    const reader = await openAt(file, { ...testOptions(), readOnly: true });
    await reader.leaves(0);
    await expect(move(here, there)).rejects.toMatchObject({ code: "store/busy", retry: true });
    await reader.close();
    const raw = new Database(file);
    raw.exec("update work_items set state = 'approved'");
    raw.close();
    await expect(move(here, there)).rejects.toMatchObject({ code: "store/corrupt" });
    expect(
      await onDatabase(server.url, `select 1 from pg_namespace where nspname = '${schemaOf(TEST_HOME_ID)}'`),
    ).toEqual([]);
    await within(file, (store) => store.transact((ledger) => ledger.claimOnce("nonce", "still", "open")));
  });

  test("does not take the place of records that it does not hold", async () => {
    await fill();
    await within(server.url, (store) =>
      store.transact((ledger) => ledger.appendLeaf({ type: "command.refused", actor: "other", channel: "cli" })),
    );
    expect(await move(here, there)).toMatchObject({ ok: false, refusals: [{ code: "ledger/another-there" }] });
    expect(await within(server.url, (store) => store.leaves(0))).toHaveLength(1);
  });

  test("that could not be led away is copied anew by the same command", async () => {
    await fill();
    const before = await told(file);
    const broken = move(here, there, async () => Promise.reject(new Error("no space for services.json")));
    await expect(broken).rejects.toThrow("no space");
    await expect(openAt(file, testOptions()), "neither goes on").rejects.toMatchObject({ code: "store/moved" });
    expect(await move(here, there)).toMatchObject({ ok: true });
    expect(await told(server.url)).toEqual(before);
  });
});

test.each<readonly [string, string, string]>([
  ["a fact", "drop trigger facts_no_update; update facts set type = 'x'", "facts R-049-01"],
  ["a document", "drop trigger documents_no_update; update documents set body = x'02'", "document"],
  ["a count", "update run_counts set runs = runs + 1 where shown = 'blocked'", "count runs that are blocked"],
  ["a run's number", "update ledger_head set run_no = 7", "count runs in all"],
  ["a run's state", "update runs set shown = 'voided'", "run 2"],
  ["a record", "drop trigger ledger_no_update; update ledger set body = body || ' ' where seq = 2", "chain 2"],
])("R137 %s that was changed by hand is a problem with its name", async (_, sql, problem) => {
  const folder = await mkdtemp(path.join(tmpdir(), "cto-problems-"));
  const file = path.join(folder, "ledger.db");
  const store = await openAt(file, testOptions());
  const row = await store.transact(async (ledger) => {
    await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
    const opened = await ledger.openRun({
      kind: "execute",
      work,
      targetId: "t",
      ofRun: null,
      orderedAt: "2026-06-01T10:00:00.000Z",
      epochSeconds: 1,
      holder,
      summary: {},
    });
    if ("locked" in opened) throw new Error("locked");
    const { sequence, prev } = await ledger.tip(opened.run);
    const event = { type: "run.ordered", subject: "run", trust: "harness-observed", data: {} } as const;
    const line = eventLine({ event, run: opened.run, sequence, prev, time: opened.orderedAt, host: digestOf("h") });
    await ledger.append(opened.run, [line], "unfenced");
    await ledger.keep("x", new Uint8Array([1]));
    await ledger.appendLeaf({ type: "run.blocked", actor: "harness", channel: "harness", work, run: opened.run });
    await ledger.updateRun(opened.run, { state: "sealing" });
    await ledger.updateRun(opened.run, { state: "ended", ending: "blocked" });
    return opened;
  });
  expect([row.run, await store.problems()]).toEqual(["R-049-01", []]);
  const raw = new Database(file);
  raw.exec(sql);
  raw.close();
  const problems = (await store.problems()).map(({ what, of }) => `${what} ${of}`);
  expect(problems.join("\n")).toContain(problem);
  await store.close();
  await rm(folder, { recursive: true });
});
