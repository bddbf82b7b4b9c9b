import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { TEST_HOME_ID, testOptions } from "../../../test/fakes/store.ts";
import { freshDatabase, onDatabase, POSTGRES, type Database } from "../../../test/postgres.ts";
import type { Store } from "../../seams/store.ts";
import { digestOf } from "../../workflow/digest.ts";
import { workId } from "../../workflow/ids.ts";
import { ledgerStart } from "../../workflow/ledger.ts";
import { makeSchema, versionOf } from "./migrate-postgres.ts";
import { MIGRATIONS } from "./migrations.ts";
import { openToRead, openToWrite, schemaOf } from "./open-postgres.ts";
import { openPostgresStore } from "./postgres-store.ts";

const work = workId("CTO-WORK-049")!;
const schema = schemaOf(TEST_HOME_ID);
const nameOf = ({ url }: Database): string => new URL(url.replace("@/", "@x/")).pathname.slice(1);
const holder = { pid: 1, pidStart: "1", bootId: "b", host: "h" };

describe.skipIf(POSTGRES === undefined)("a ledger on PostgreSQL", () => {
  let database: Database;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.giveBack());

  const opened = (more: Partial<Parameters<typeof openPostgresStore>[1]> = {}): Promise<Store> =>
    openPostgresStore(database.url, { ...testOptions(), ...more });
  const within = async <T>(act: (store: Store) => Promise<T>): Promise<T> => {
    const store = await opened();
    try {
      return await act(store);
    } finally {
      await store.close();
    }
  };
  const sql = (text: string) => onDatabase(database.url, `set search_path = ${schema}; ${text}`);

  /** A row in every table that only grows. */
  const fill = (): Promise<void> =>
    within((store) =>
      store.transact(async (ledger) => {
        await ledger.appendLeaf({ type: "work.listed", actor: "jp", channel: "cli", work });
        await ledger.keep("x", new Uint8Array([1]));
        await ledger.claimOnce("nonce", "n", "c");
        const run = await ledger.openRun({
          kind: "execute",
          work,
          targetId: "t",
          ofRun: null,
          orderedAt: "x",
          epochSeconds: 1,
          holder,
          summary: {},
        });
        if ("locked" in run) return;
        await ledger.beginAttempt(run.run, "gate", holder, "unfenced");
        await ledger.seal({ run: run.run, revision: 1, sums: digestOf(""), bytes: 3_000_000_000, proof: "" });
      }),
    );

  test("R017 R137 what only grows refuses update, delete and truncate, whoever writes SQL", async () => {
    await fill();
    await sql("insert into facts values ('R-049-01', 0, 't', 'l', 's')");
    for (const table of ["documents", "facts", "ledger", "claims", "attempts", "seals"]) {
      const before = await onDatabase(database.url, `select * from ${schema}.${table}`);
      expect(before).toHaveLength(1);
      const column = Object.keys(before[0]!)[0]!;
      const refused = new RegExp(`${table} is append-only`);
      await expect(sql(`update ${table} set ${column} = ${column}`)).rejects.toThrow(refused);
      await expect(sql(`delete from ${table}`)).rejects.toThrow(refused);
      await expect(sql(`truncate ${table} cascade`)).rejects.toThrow(refused);
      expect(await onDatabase(database.url, `select * from ${schema}.${table}`)).toEqual(before);
    }
    await expect(sql("delete from outbox")).rejects.toThrow(/append-only/);
    await expect(sql("truncate outbox cascade")).rejects.toThrow(/append-only/);
  });

  test("a number beyond 32 bits comes back as it was", async () => {
    await fill();
    await within(async (store) => {
      const [run] = await store.runs({});
      expect(await store.seals(run!.run)).toMatchObject([{ bytes: 3_000_000_000 }]);
    });
  });

  test("R137 a record edited by hand is named by check", async () => {
    await fill();
    await sql(`alter table ledger disable trigger user; update ledger set body = replace(body, 'jp', 'xy')`);
    await within(async (store) => expect(await store.check()).toEqual([1]));
  });

  test("two homes in one database share nothing", async () => {
    await fill();
    const other = await opened({ homeId: "01JZ0000000000000000000001" });
    expect([await other.leaves(0), await other.works()]).toEqual([[], []]);
    await other.transact((ledger) => ledger.appendLeaf({ type: "command.refused", actor: "x", channel: "cli" }));
    await other.close();
    await within(async (store) => expect(await store.leaves(0)).toMatchObject([{ actor: "jp" }]));
  });

  test("R137 a schema that holds another home's ledger is not this home's ledger", async () => {
    await fill();
    await onDatabase(database.url, `alter schema ${schema} rename to ${schemaOf("another")}`);
    await expect(opened({ homeId: "another" })).rejects.toMatchObject({ code: "store/corrupt" });
  });

  test("a server that may lose what it acknowledged is refused, for reading too", async () => {
    await fill();
    await onDatabase(database.url, `alter database ${nameOf(database)} set synchronous_commit = off`);
    const refused = { code: "store/unsafe-server", message: expect.stringContaining("synchronous_commit=off") };
    await expect(opened()).rejects.toMatchObject(refused);
    await expect(opened({ readOnly: true })).rejects.toMatchObject(refused);
    await onDatabase(database.url, `alter database ${nameOf(database)} reset synchronous_commit`);
  });

  test("a ledger of a newer version is left alone", async () => {
    await fill();
    await sql(`update schema_version set version = ${MIGRATIONS.length + 1}`);
    await expect(opened()).rejects.toMatchObject({ code: "store/unknown-version" });
    await expect(opened({ readOnly: true })).rejects.toMatchObject({ code: "store/unknown-version" });
  });

  test("an older ledger is brought up to date by whoever writes, and left alone by whoever reads", async () => {
    await fill();
    await sql(`drop trigger runs_counted on runs; drop trigger runs_counted_anew on runs; drop function count_run();
      drop function count_run_anew(); drop table run_counts; drop index runs_by_shown; drop index runs_by_work;
      drop index runs_by_target; drop index runs_by_time; drop index ledger_by_type; drop index ledger_by_approval;
      alter table runs drop column shown; update schema_version set version = 3`);
    await expect(opened({ readOnly: true })).rejects.toMatchObject({ code: "store/unknown-version" });
    await within(async (store) => {
      expect(await store.countRuns()).toEqual(new Map([["open", 1]]));
      expect((await store.problems()).map(({ what }) => what)).not.toContain("count");
    });
    expect(await onDatabase(database.url, `select version from ${schema}.schema_version`)).toEqual([
      { version: MIGRATIONS.length },
    ]);
  });

  test("R017 a schema that another process makes after this transaction began is seen, and made no second time", async () => {
    await onDatabase(
      database.url,
      `alter database ${nameOf(database)} set default_transaction_isolation = 'repeatable read'`,
    );
    const writing = openToWrite(database.url, TEST_HOME_ID);
    await writing.transaction().execute(async (inside) => {
      // Twice: the server answers the second from what it remembers of the first.
      expect([await versionOf(inside, schema), await versionOf(inside, schema)]).toEqual([0, 0]);
      await fill();
      await makeSchema(inside, schema, ledgerStart(TEST_HOME_ID));
      expect(await versionOf(inside, schema)).toBe(MIGRATIONS.length);
    });
    await writing.destroy();
  });

  test("for reading only, an absent ledger is empty and is not made", async () => {
    const store = await opened({ readOnly: true });
    expect([await store.leaves(0), await store.check()]).toEqual([[], []]);
    expect(() => store.transact(async () => 1)).toThrow(TypeError);
    await store.close();
    expect(await onDatabase(database.url, `select 1 from pg_namespace where nspname = '${schema}'`)).toEqual([]);
  });

  test("a connection for reading cannot write", async () => {
    await fill();
    const reading = openToRead(database.url, TEST_HOME_ID);
    await expect(reading.updateTable("outbox").set({ sent: 1 }).execute()).rejects.toThrow(/read-only/);
    await reading.destroy();
  });

  test("a connection that was lost is a failure that may be tried again, and the next transaction has a new one", async () => {
    await within(async (store) => {
      const cut = (): Promise<unknown> =>
        onDatabase(
          database.url,
          `select pg_terminate_backend(pid, 5000) from pg_stat_activity
           where application_name = 'cto' and datname = current_database() and pid <> pg_backend_pid()`,
        );
      const lost = store.transact(async (ledger) => {
        await ledger.appendLeaf({ type: "command.refused", actor: "lost", channel: "cli" });
        await cut();
        await ledger.leaves(0);
      });
      await expect(lost).rejects.toMatchObject({ code: "store/unreachable", retry: true });
      await store.transact((ledger) => ledger.appendLeaf({ type: "command.refused", actor: "kept", channel: "cli" }));
      expect(await store.leaves(0)).toMatchObject([{ seq: 1, actor: "kept" }]);
    });
  });

  test("a server that is not there is a failure that may be tried again; one that knows no such user is not", async () => {
    const nowhere = database.url.replace("host=", "host=/nonexistent");
    await expect(openPostgresStore(nowhere, testOptions())).rejects.toMatchObject({
      code: "store/unreachable",
      retry: true,
    });
    const stranger = database.url.replace("cto@", "stranger@");
    await expect(openPostgresStore(stranger, testOptions())).rejects.toMatchObject({
      code: "store/no-access",
      retry: false,
    });
  });

  test("whoever stands in the way of a transaction is waited for, and a deadlock is tried again", async () => {
    await fill();
    await within(async (store) => {
      let tries = 0;
      await store.transact(async (ledger) => {
        tries += 1;
        // What PostgreSQL says to the one whom it chose to end a deadlock.
        if (tries < 3) await onDatabase(database.url, "do $$ begin raise exception using errcode = '40P01'; end $$");
        await ledger.claimOnce("nonce", "m", "c");
      });
      expect(tries).toBe(3);
      const never = store.transact(() =>
        onDatabase(database.url, "do $$ begin raise exception using errcode = '40001'; end $$"),
      );
      await expect(never).rejects.toMatchObject({ code: "store/busy", retry: true });
    });
  });

  test("a disk that takes no more is store/no-space", async () => {
    await within(async (store) => {
      const full = store.transact(() =>
        onDatabase(database.url, "do $$ begin raise exception using errcode = '53100'; end $$"),
      );
      await expect(full).rejects.toMatchObject({ code: "store/no-space" });
    });
  });
});
