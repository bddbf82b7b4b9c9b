import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import { startPostgres, type Postgres } from "../../../test/engine/killable-postgres.ts";
import { onDatabase, POSTGRES } from "../../../test/postgres.ts";
import type { Engine, EngineRun, Perform, RunOrder } from "../../seams/engine.ts";
import { Failure } from "../../workflow/failure.ts";
import { runId, workId } from "../../workflow/ids.ts";
import { dbosEngine, type DbosOptions } from "./dbos-engine.ts";
import { DBOS_VERSION } from "./engine-schema.ts";

// What processes do to it stands in test/engine; here is what one process sees of it.

const isHere = POSTGRES !== undefined;

const orderOf = (n: number, beside: Partial<RunOrder> = {}): RunOrder => {
  const work = workId(`CTO-WORK-00${n}`);
  if (work === undefined) throw new Error("no work item");
  return {
    run: runId(work, 1),
    kind: "execute",
    work,
    target: `t${n}`,
    site: "here",
    priority: 0,
    owner: "jp",
    ...beside,
  };
};

test("the installed DBOS is the one that the tables are laid by", () => {
  const file = createRequire(import.meta.url)
    .resolve("@dbos-inc/dbos-sdk")
    .replace(/dist\/.*$/, "package.json");
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ version: DBOS_VERSION });
});

describe.skipIf(!isHere)("on PostgreSQL", () => {
  let server: Postgres;
  let laid: string;
  let url: string;
  let opened: Engine[];
  beforeAll(async () => {
    server = await startPostgres();
    laid = await server.database();
    const engine = dbosEngine({ url: laid, worker: "w0", site: "here", home: "a-home", use: "work" });
    await engine.queue();
    await engine.close();
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    url = await server.database(laid);
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((engine) => engine.close()));
  });

  const open = (how: Partial<DbosOptions> = {}): Engine => {
    const engine = dbosEngine({
      url,
      worker: "w1",
      site: "here",
      home: "a-home",
      use: "work",
      times: { pollMs: 20 },
      ...how,
    });
    opened.push(engine);
    return engine;
  };
  const served = async (engine: Engine, perform: Perform): Promise<void> => {
    const worker = await engine.work(perform, 8);
    await worker.idle();
    await worker.drain(0);
  };

  test("engines that are opened at once on an empty database lay its tables once", async () => {
    url = await server.database();
    const engines = [1, 2, 3].map((n) => open({ worker: `w${n}` }));
    expect(await Promise.all(engines.map((engine) => engine.queue()))).toEqual([[], [], []]);
  });

  test("the contract with DBOS: the columns that are read of its table", async () => {
    await open().queue();
    const rows = await onDatabase(
      url,
      `select column_name as name from information_schema.columns where table_schema = 'dbos' and
       table_name = 'workflow_status'`,
    );
    for (const name of [
      "workflow_uuid",
      "status",
      "executor_id",
      "application_version",
      "application_name",
      "queue_name",
      "queue_partition_key",
      "authenticated_user",
      "priority",
      "created_at",
    ])
      expect(rows).toContainEqual({ name });
  });

  test("the contract with DBOS: what is put back belongs to one executor and to our version", async () => {
    const engine = open();
    for (const n of [1, 2, 3]) await engine.start(orderOf(n));
    await onDatabase(url, "update dbos.workflow_status set status = 'PENDING', executor_id = 'dead'");
    await onDatabase(url, "update dbos.workflow_status set application_version = '7' where queue_partition_key = 't2'");
    await onDatabase(url, "update dbos.workflow_status set executor_id = 'other' where queue_partition_key = 't3'");
    // Who lives holds the lock of its id: as long as it does, nothing of it is put back.
    const living = open({ worker: "other", site: "elsewhere", times: { pollMs: 20, takeoverMs: 600_000 } });
    const { Client } = await import("pg");
    const holder = new Client({ connectionString: url });
    await holder.connect();
    const { workerKey } = await import("./lock-key.ts");
    await holder.query("select pg_advisory_lock($1::bigint)", [workerKey("other")]);
    const performed: string[] = [];
    await served(engine, async ({ target }) => void performed.push(target));
    expect(performed).toEqual(["t1"]);
    expect(await living.status(orderOf(3).run, "execute")).toBe("running");
    await holder.end();
  });

  test("an order is known from its start to its end, and starting it again changes nothing", async () => {
    const engine = open();
    const order = orderOf(1, { priority: 3 });
    expect(await engine.status(order.run, "execute")).toBe("unknown");
    await engine.start(order);
    await engine.start({ ...order, priority: 1 });
    expect(await engine.status(order.run, "execute")).toBe("queued");
    expect(await engine.status(order.run, "rollback")).toBe("unknown");
    expect(await engine.queue()).toEqual([{ ...order, status: "queued" }]);
    let seen: unknown;
    await served(engine, async (given) => {
      seen = [given, await engine.queue()];
    });
    expect(seen).toEqual([order, [{ ...order, status: "running", worker: "w1" }]]);
    expect(await engine.status(order.run, "execute")).toBe("done");
    await engine.start(order);
    expect(await engine.queue()).toEqual([]);
  });

  test("the queue is told running ones first, then by priority, then by age, for all sites", async () => {
    const engine = open();
    const late = orderOf(1, { priority: 5 });
    const elsewhere = orderOf(2, { site: "there", priority: 2 });
    const first = orderOf(3, { priority: 2 });
    for (const order of [late, elsewhere, first]) await engine.start(order);
    expect((await engine.queue()).map(({ run }) => run)).toEqual([elsewhere.run, first.run, late.run]);
    await served(engine, async () => undefined);
    expect(await engine.queue()).toEqual([{ ...elsewhere, status: "queued" }]);
  });

  test("one who is there for one run takes it alone, whatever waits before it, and leaves nothing behind", async () => {
    const engine = open();
    const orders = [1, 2, 3].map((n) => orderOf(n, { target: "t" }));
    for (const order of orders) await engine.start(order);
    const mine = orderOf(3).run;
    const performed: string[] = [];
    const worker = await engine.work(async ({ run }) => void performed.push(run), 1, { only: mine });
    await worker.idle();
    expect(await worker.drain(0)).toEqual({ finished: 0, givenBack: 0 });
    expect(performed).toEqual([mine]);
    expect((await engine.queue()).map(({ run }) => run)).toEqual([orderOf(1).run, orderOf(2).run]);
    expect(await onDatabase(url, "select name from dbos.queues")).toEqual([]);
  });

  test("an order whose failure may pass is performed again; drained meanwhile, it waits for another one", async () => {
    const engine = open();
    await engine.start(orderOf(1));
    let tries = 0;
    const tried = Promise.withResolvers<void>();
    const worker = await engine.work(async () => {
      tries += 1;
      tried.resolve();
      throw new Failure("store/busy", "held", { retry: true });
    }, 8);
    await tried.promise;
    expect(await worker.drain(0)).toEqual({ finished: 0, givenBack: 1 });
    expect(await engine.status(orderOf(1).run, "execute")).toBe("queued");
    await served(engine, async () => void (tries += 1));
    expect([tries, await engine.status(orderOf(1).run, "execute")]).toEqual([2, "done"]);
  });

  test.each<[string, (run: EngineRun) => Promise<unknown>]>([
    ["throws", () => Promise.reject(new Error("broken"))],
    ["remembers more than 64 KiB", (run) => run.step("s", () => Promise.resolve("x".repeat(65_536)))],
    ["remembers what is no plain value", (run) => run.step("s", () => Promise.resolve([1] as never))],
  ])("E15 an order whose performance %s has failed, with nothing remembered, and blocks nobody", async (_, act) => {
    const engine = open();
    const [bad, good] = [orderOf(1, { target: "t" }), orderOf(2, { target: "t" })];
    await engine.start(bad);
    await engine.start(good);
    await served(engine, async ({ run }, performed) => void (run === bad.run && (await act(performed))));
    expect(await engine.status(bad.run, "execute")).toBe("failed");
    expect(await engine.status(good.run, "execute")).toBe("done");
    expect(await onDatabase(url, "select * from dbos.operation_outputs")).toEqual([]);
  });

  test("a memory that does not fit the steps any more is passed over", async () => {
    const engine = open();
    const order = orderOf(1);
    await engine.start(order);
    const names = ["a", "b"];
    const turn = async (): Promise<readonly unknown[]> => {
      const outputs: unknown[] = [];
      const worker = await engine.work(async (_, run) => {
        for (const name of names)
          outputs.push(await run.step(name, () => Promise.resolve(`${name} of ${names.join()}`)));
        if (names.length === 2)
          await new Promise((_, reject) => run.signal.addEventListener("abort", () => reject(run.signal.reason)));
      }, 8);
      while (outputs.length < names.length) await delay(5);
      if (names.length === 2) await worker.drain(0);
      else {
        await worker.idle();
        await worker.drain(0);
      }
      return outputs;
    };
    expect(await turn()).toEqual(["a of a,b", "b of a,b"]);
    expect(await engine.status(order.run, "execute")).toBe("queued");
    names.splice(1, 1, "c", "d");
    expect(await turn()).toEqual(["a of a,b", "c of a,c,d", "d of a,c,d"]);
    expect(await engine.status(order.run, "execute")).toBe("done");
  });

  test.each([3_600_000, -3_600_000, 5_500])("E10 a worker whose clock is %s ms off does not serve", async (offMs) => {
    const engine = open({ wallMs: () => Date.now() + offMs });
    await expect(engine.work(async () => undefined, 8)).rejects.toMatchObject({ code: "engine/clock-skew" });
  });

  test("another number of orders at once is refused while a worker of the site lives, and holds once none does", async () => {
    const engine = open();
    await expect(engine.work(async () => undefined, 3)).rejects.toMatchObject({ code: "engine/another-concurrency" });
    const worker = await engine.work(async () => undefined, 8);
    const three = open({ worker: "w2", concurrency: 3 });
    await expect(three.work(async () => undefined, 3)).rejects.toMatchObject({ code: "engine/another-concurrency" });
    await worker.drain(0);
    await (await three.work(async () => undefined, 3)).drain(0);
  });

  test("a database that does not serve is unreachable, and what is no order of ours unreadable", async () => {
    await expect(open({ url: `${url}/nowhere` }).queue()).rejects.toMatchObject({
      code: "engine/unreachable",
      retry: true,
    });
    const engine = open();
    await engine.start(orderOf(1));
    await onDatabase(url, `update dbos.workflow_input set inputs = '{"json":[{"run":"R-1"}]}'`);
    await expect(engine.queue()).rejects.toMatchObject({ code: "engine/unreadable" });
  });

  test("what somebody else wrote into the database is performed by nobody: other text, or a run under a second id", async () => {
    const engine = open();
    for (const n of [1, 2, 3]) await engine.start(orderOf(n));
    const write = (n: number, text: string): Promise<unknown> =>
      onDatabase(
        url,
        `update dbos.workflow_input set inputs = replace(inputs, 'R-00${n}-01', '${text}') where workflow_uuid = 'execute/R-00${n}-01'`,
      );
    await write(1, String.raw`R-001-01\nended     R-001-01  awaiting_outcome`);
    await write(3, "R-002-01");
    const performed: RunOrder[] = [];
    await served(engine, async (order) => void performed.push(order));
    expect(performed).toEqual([orderOf(2)]);
    expect(await Promise.all([1, 2, 3].map((n) => engine.status(orderOf(n).run, "execute")))).toEqual([
      "failed",
      "done",
      "failed",
    ]);
  });

  test("nobody looks at the orders of another home, nor orders among them", async () => {
    await open().queue();
    for (const use of ["look", "work"] as const) {
      const other = dbosEngine({ url, worker: "w9", site: "here", home: "another", use });
      opened.push(other);
      await expect(other.queue()).rejects.toMatchObject({ code: "engine/another-home" });
      await expect(other.workers()).rejects.toMatchObject({ code: "engine/another-home" });
    }
  });

  test("nothing of DBOS is said on the terminal", async () => {
    url = await server.database();
    const order = orderOf(1);
    const program = `
      import { dbosEngine } from ${JSON.stringify(path.join(import.meta.dirname, "dbos-engine.ts"))};
      const engine = dbosEngine({ url: ${JSON.stringify(url)}, worker: "w1", site: "here", home: "a-home", use: "work" });
      await engine.start(${JSON.stringify(order)});
      const worker = await engine.work(() => Promise.reject(new Error("broken")), 8);
      await worker.idle();
      await worker.drain(0);
      console.log(await engine.status(${JSON.stringify(order.run)}, "execute"));
      await engine.close();`;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
    expect([stdout, stderr]).toEqual(["failed\n", ""]);
  });
});
