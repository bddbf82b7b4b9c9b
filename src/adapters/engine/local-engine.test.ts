import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";

import type { Engine, RunOrder } from "../../seams/engine.ts";
import type { Holder } from "../../seams/store.ts";
import { Failure } from "../../workflow/failure.ts";
import { parseRunId, workId } from "../../workflow/ids.ts";
import { localEngine, type LocalEngineOptions } from "./local-engine.ts";

// Times are short here, and nothing is measured: each test waits until it sees what must come.
const SHORT = { lookMs: 10, leaseMs: 60_000 };

let folder: string;
const open: Engine[] = [];
const dead = new Set<number>();

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "cto-engine-"));
  dead.clear();
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((engine) => engine.close()));
  await rm(folder, { recursive: true });
});

const holder = (pid: number): Holder => ({ pid, pidStart: "1", bootId: "boot", host: "host" });
const file = (): string => path.join(folder, "engine.db");

const engineOf = (pid: number, options: Partial<LocalEngineOptions> = {}): Engine => {
  const engine = localEngine({
    file: file(),
    worker: `w${pid}`,
    sites: ["here"],
    self: holder(pid),
    isAlive: ({ pid: one }) => !dead.has(one),
    ...SHORT,
    ...options,
  });
  open.push(engine);
  return engine;
};

const orderOf = (nth: number, change: Partial<RunOrder> = {}): RunOrder => {
  const text = String(nth).padStart(3, "0");
  const [run, work] = [parseRunId(`R-${text}-01`), workId(`CTO-WORK-${text}`)];
  if (run === undefined || work === undefined) throw new Error("no id");
  return { run, work, kind: "execute", target: `target-${nth}`, site: "here", priority: 0, owner: "jp", ...change };
};

const FIRST = orderOf(1);

/** A perform that stands still until it is let go, or ended. */
const standing = () => {
  const begun = Promise.withResolvers<AbortSignal>();
  const go = Promise.withResolvers<void>();
  return {
    begun: begun.promise,
    go: go.resolve,
    perform: async (_: RunOrder, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
      begun.resolve(signal);
      const aborted = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => aborted.reject(signal.reason));
      await Promise.race([go.promise, aborted.promise]);
    },
  };
};

test("an order that is given fifty times is performed once", async () => {
  const [one, two] = [engineOf(1), engineOf(2)];
  await Promise.all(Array.from({ length: 50 }, (_, nth) => (nth % 2 === 0 ? one : two).start(FIRST)));
  const performed: string[] = [];
  const workers = await Promise.all(
    [one, two].map((engine) => engine.work(async ({ run }) => void performed.push(run), 4)),
  );
  await Promise.all(workers.map((worker) => worker.idle()));
  await one.start(FIRST);
  await Promise.all(workers.map((worker) => worker.idle()));
  expect(performed).toEqual([FIRST.run]);
  expect(await one.status(FIRST.run, "execute")).toBe("done");
});

test("of one target one order runs at a time, by priority and then by age, and other targets do not wait", async () => {
  const engine = engineOf(1);
  const same = { target: "the same" };
  const orders = [orderOf(1, same), orderOf(2, same), orderOf(3, { ...same, priority: -1 }), orderOf(4)];
  for (const order of orders) await engine.start(order);
  const at: string[] = [];
  const running = new Set<string>();
  const worker = await engine.work(async ({ run, target }) => {
    expect(running.has(target)).toBe(false);
    running.add(target);
    at.push(run);
    await new Promise((resolve) => setImmediate(resolve));
    running.delete(target);
  }, 4);
  await worker.idle();
  expect(at.filter((run) => run !== "R-004-01")).toEqual(["R-003-01", "R-001-01", "R-002-01"]);
  expect(at.indexOf("R-004-01")).toBeLessThan(2);
});

test("only workers of its site take an order, and only the order that they are there for", async () => {
  const engine = engineOf(1);
  await engine.start(orderOf(1, { site: "elsewhere" }));
  await engine.start(orderOf(2));
  await engine.start(orderOf(3));
  const performed: string[] = [];
  const worker = await engine.work(async ({ run }) => void performed.push(run), 4, { only: orderOf(3).run });
  await worker.idle();
  expect(performed).toEqual(["R-003-01"]);
  expect((await engine.queue()).map(({ run, status }) => [run, status])).toEqual([
    ["R-001-01", "queued"],
    ["R-002-01", "queued"],
  ]);
});

test("what a dead worker held is taken over at once, and what a silent one held when its lease is over", async () => {
  for (const [pid, options] of [
    [1, {}],
    [2, { leaseMs: 1 }],
  ] as const) {
    const order = orderOf(pid);
    // It stands still in its first look: it never renews what it took.
    const still = engineOf(pid, { ...options, lookMs: 3_600_000 });
    await still.start(order);
    const stands = standing();
    await still.work(stands.perform, 1, { only: order.run });
    await stands.begun;
    expect(await still.queue()).toMatchObject([{ run: order.run, status: "running", worker: `w${pid}` }]);
    if (pid === 1) dead.add(1);
    const heir = engineOf(pid + 10);
    const heard: string[] = [];
    const worker = await heir.work(async (_, { worker: who }) => void heard.push(who), 1, { only: order.run });
    await expect.poll(() => heard).toEqual([`w${pid + 10}`]);
    await worker.idle();
    expect(await heir.status(order.run, "execute")).toBe("done");
  }
});

test("a worker that was taken over from hears it at its next look, and changes nothing more", async () => {
  const slept = engineOf(1, { leaseMs: 0 });
  await slept.start(FIRST);
  const stands = standing();
  const worker = await slept.work(stands.perform, 1);
  const signal = await stands.begun;
  const thief = new Database(file());
  thief.prepare("update orders set claims = claims + 1, worker = 'w2'").run();
  thief.close();
  await expect(worker.lost).rejects.toMatchObject({ code: "engine/liveness-lost" });
  expect(signal.reason).toMatchObject({ code: "engine/liveness-lost" });
  expect(await slept.queue()).toMatchObject([{ status: "running", worker: "w2" }]);
});

test("a cancelled order never begins, or is ended; a done one stays done", async () => {
  const engine = engineOf(1);
  await engine.start(FIRST);
  await engine.cancel(FIRST.run, "execute");
  expect(await engine.status(FIRST.run, "execute")).toBe("cancelled");

  const [second, third] = [orderOf(2), orderOf(3)];
  await engine.start(second);
  const stands = standing();
  const worker = await engine.work(async (order, run) => {
    if (order.run !== second.run) return;
    await stands.perform(order, run).catch(() => undefined);
  }, 2);
  const signal = await stands.begun;
  // Another process may ask for it.
  await engineOf(2).cancel(second.run, "execute");
  await worker.idle();
  expect([signal.aborted, signal.reason instanceof Failure]).toEqual([true, false]);
  expect(await engine.status(second.run, "execute")).toBe("cancelled");
  await engine.start(third);
  await worker.idle();
  await engine.cancel(third.run, "execute");
  expect(await engine.status(third.run, "execute")).toBe("done");
});

test("a drain finishes what ends in time and gives the rest back to the others", async () => {
  const engine = engineOf(1);
  await engine.start(FIRST);
  await engine.start(orderOf(2));
  const [short, long] = [standing(), standing()];
  const worker = await engine.work((order, run) => (order.run === FIRST.run ? short : long).perform(order, run), 2);
  await Promise.all([short.begun, long.begun]);
  const drained = worker.drain(100);
  short.go();
  expect(await drained).toEqual({ finished: 1, givenBack: 1 });
  const other = await engineOf(2).work(async () => undefined, 1);
  await other.idle();
  expect(await engine.status(orderOf(2).run, "execute")).toBe("done");
});

test("a drain does not wait for what heeds no abort; the next worker takes it once this process is gone", async () => {
  const engine = engineOf(1, { settleMs: 20 });
  await engine.start(FIRST);
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  const worker = await engine.work(async () => {
    begun.resolve();
    await never.promise;
  }, 1);
  await begun.promise;
  expect(await worker.drain(0)).toEqual({ finished: 0, givenBack: 1 });
  await engine.close();
  const heir = engineOf(2);
  expect(await heir.status(FIRST.run, "execute")).toBe("running");
  never.resolve();
  dead.add(1);
  const other = await heir.work(async () => undefined, 1);
  await other.idle();
  expect(await heir.status(FIRST.run, "execute")).toBe("done");
});

test("a row that nobody here wrote ends a worker, which else would do nothing and say nothing of it", async () => {
  const engine = engineOf(1);
  await engine.start(FIRST);
  await engine.start(orderOf(2));
  const other = new Database(file());
  other
    .prepare("update orders set status = 'running', worker = 'w2', holder = '{}' where id = ?")
    .run("execute/R-002-01");
  other.close();
  const worker = await engine.work(async () => undefined, 1);
  await expect(worker.lost).rejects.toMatchObject({ code: "engine/unavailable" });
});

test("an order whose failure may pass waits, any other failure ends it until it is given again, a fence ends the worker", async () => {
  const engine = engineOf(1);
  const met: string[] = [];
  const [busy, broken, fenced] = [orderOf(1), orderOf(2), orderOf(3)];
  for (const order of [busy, broken, fenced]) await engine.start(order);
  const worker = await engineOf(2, { onTrouble: ({ code }, order) => met.push(`${order?.run} ${code}`) }).work(
    async ({ run }) => {
      if (run === busy.run) throw new Failure("store/busy", "busy", { retry: true });
      if (run === broken.run) throw new Failure("sandbox/broken", "broken");
      throw new Failure("store/fenced", "fenced");
    },
    1,
  );
  await expect(worker.lost).rejects.toMatchObject({ code: "store/fenced" });
  expect(met).toEqual(["R-001-01 store/busy", "R-002-01 sandbox/broken"]);
  expect(await Promise.all([busy, broken, fenced].map(({ run }) => engine.status(run, "execute")))).toEqual([
    "queued",
    "failed",
    "running",
  ]);
  await engine.start(broken);
  expect(await engine.status(broken.run, "execute")).toBe("queued");
});

test.each([
  ["no database", "not a database at all, but a text of some length"],
  ["another version", ""],
])("a file that is %s is a failure that names it and says what to do", async (_, text) => {
  if (text === "") {
    const other = new Database(file());
    other.pragma("user_version = 99");
    other.close();
  } else await writeFile(file(), text.repeat(99));
  await expect(engineOf(1).start(FIRST)).rejects.toMatchObject({ code: "engine/unavailable" });
});

test("whoever only looks makes no file", async () => {
  const engine = engineOf(1);
  expect([await engine.status(FIRST.run, "execute"), await engine.queue()]).toEqual(["unknown", []]);
  await engine.cancel(FIRST.run, "execute");
  await expect(rm(file())).rejects.toMatchObject({ code: "ENOENT" });
});
