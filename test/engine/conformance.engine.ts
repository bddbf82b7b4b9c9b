import { hostname } from "node:os";

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { RunOrder, SeenWorker } from "../../src/seams/engine.ts";
import { idOf } from "../fixtures/engine-ledger.ts";
import { ENGINES, LOOK_MS, type EngineGround } from "./engines.ts";
import { tellFigures } from "./figures.ts";
import { eventually, openFleet, orderOf, STEPS, type Fleet } from "./fleet.ts";

// One text for every engine: what an order may rely on, whoever drives it (engine.md 7).

afterAll(tellFigures);

describe.each(ENGINES.filter(({ missing }) => missing === undefined))("$name", (engine) => {
  let ground: EngineGround;
  let fleet: Fleet;
  beforeAll(async () => {
    ground = await engine.open();
  });
  afterAll(() => ground.close());
  beforeEach(async () => {
    fleet = await openFleet(ground, engine.name);
  });
  afterEach(() => fleet.close());

  const whatOf = (order: Parameters<typeof idOf>[0], token?: number): readonly string[] =>
    fleet.ledger
      .events(idOf(order))
      .filter((event) => token === undefined || event.token === token)
      .map(({ what }) => what);
  const times = (order: Parameters<typeof idOf>[0], what: string): number =>
    whatOf(order).filter((one) => one === what).length;

  test("E01 a worker killed inside or after any step leaves the same ending, and no recorded step is repeated", async () => {
    const steps = Array.from({ length: STEPS }, (_, at) => `s${at + 1}`);
    const points = ["begin", ...steps.flatMap((step) => [`in ${step}`, `after ${step}`] as const), "end"] as const;
    const orders = points.map((_, at) => orderOf(at + 1));
    points.forEach((point, at) => fleet.ledger.plan(idOf(orderOf(at + 1)), point, "die"));
    await fleet.order(orders);
    const workers = fleet.supervise(2, { concurrency: 1 });
    await fleet.ended(orders, 150_000);
    await workers.stop();
    points.forEach((point, at) => {
      const order = orderOf(at + 1);
      expect(whatOf(order, 1).at(-1)).toBe(`die ${point}`);
      expect(times(order, "end")).toBe(1);
      for (const step of steps) {
        expect(times(order, `act ${step}`)).toBe(point === `in ${step}` ? 2 : 1);
        expect(times(order, `did ${step}`)).toBe(1);
      }
    });
  });

  test("E02 an order that five processes start fifty times is performed once", async () => {
    const order = orderOf(1);
    const fifty = Array.from({ length: 10 }, () => order);
    const workers = [await fleet.worker("a"), await fleet.worker("b")];
    await Promise.all(Array.from({ length: 5 }, () => fleet.orderElsewhere(fifty)));
    await fleet.ended([order]);
    await fleet.order([order]);
    expect(await fleet.engine().status(order.run, order.kind)).toBe("done");
    for (const worker of workers) {
      worker.send("SIGTERM");
      expect(await worker.exit).toBe(0);
    }
    expect(times(order, "begin")).toBe(1);
  });

  test("E03 three workers take one order per target at a time, by priority and then by age", async () => {
    const targets = ["a", "b", "c", "d"];
    const orders = targets.flatMap((target, at) =>
      [1, 0, 0].map((priority, nth) => orderOf(at * 3 + nth + 1, { target, priority })),
    );
    const back = orderOf(99, { target: "a", kind: "rollback" });
    const all = [...orders, back];
    await fleet.order(all);
    await Promise.all(["a", "b", "c"].map((id) => fleet.worker(id)));
    await fleet.ended(all);
    for (const target of targets) {
      const [last, first, second] = orders.filter((order) => order.target === target).map(idOf);
      const mine = new Set(all.filter((order) => order.target === target).map(idOf));
      const edges = fleet.ledger
        .events()
        .filter(({ id, what }) => mine.has(id) && (what === "begin" || what === "end"))
        .map(({ id, what }) => `${what} ${id}`);
      const turns = [first, second, ...(target === "a" ? [idOf(back)] : []), last];
      expect(edges).toEqual(turns.flatMap((id) => [`begin ${id}`, `end ${id}`]));
    }
  });

  test("an owner who orders much keeps no other one waiting, nor does a target; what is shown is the order of turns", async () => {
    const many = Array.from({ length: 24 }, (_, at) => orderOf(at + 1, { owner: "many", target: `t${at % 12}` }));
    const few = [orderOf(31, { owner: "few", target: "f1" }), orderOf(32, { owner: "few", target: "t0" })];
    const late = orderOf(33, { owner: "many", target: "late" });
    const urgent = orderOf(34, { owner: "many", target: "urgent", priority: 0 });
    const all = [...many, ...few, late].map((order) => ({ ...order, priority: 1 })).concat(urgent);
    await fleet.order(all);
    const shown = (await fleet.engine().queue()).map(idOf);
    await fleet.worker("a", { concurrency: 1 });
    await fleet.ended(all);
    const begun = fleet.ledger.events().flatMap(({ id, what }) => (what === "begin" ? [id] : []));
    const turn = (order: Parameters<typeof idOf>[0]): number => begun.indexOf(idOf(order));
    expect(turn(urgent)).toBe(0);
    expect(few.map(turn).toSorted((a, b) => a - b)).toEqual([1, 3]);
    // Its target had no turn while each of the others had one.
    expect(turn(late)).toBeLessThan(turn(many[12] ?? late));
    expect(shown).toEqual(begun);
  });

  test("no more orders run at once than there may, nor of one owner, over all workers and through a kill", async () => {
    const limits = { atOnce: 3, atOncePerOwner: 2 };
    const of = (owner: string, from: number, count: number): readonly RunOrder[] =>
      Array.from({ length: count }, (_, at) => orderOf(from + at, { owner, target: `${owner}${at}` }));
    const orders = [...of("many", 1, 7), ...of("few", 11, 2)];
    for (const order of orders) fleet.ledger.plan(idOf(order), "in s2", "hold", 9);
    const workers = [await fleet.worker("one", { limits }), await fleet.worker("two", { limits })];
    await fleet.order(orders);
    const held = (): readonly string[] => orders.map(idOf).filter((id) => fleet.ledger.has(id, "hold in s2"));
    await eventually(() => held().length === 3);
    const killedAt = Date.now();
    workers[0]?.send("SIGKILL");
    await workers[0]?.exit;
    await eventually(async () => (await fleet.engine().queue()).every(({ worker }) => worker !== "one"));
    // Those of the few first, so that in the end one owner alone has orders.
    const holding = async (): Promise<RunOrder | undefined> =>
      (await fleet.engine().queue())
        .toSorted((a, b) => (a.owner < b.owner ? -1 : 1))
        .find(
          (order) =>
            order.status === "running" &&
            fleet.ledger.has(idOf(order), "hold in s2") &&
            !fleet.ledger.has(idOf(order), "end"),
        );
    for (let ended = 0; ended < orders.length; ended += 1) {
      await eventually(async () => (await holding()) !== undefined);
      const next = await holding();
      if (next === undefined) throw new Error("it held a moment ago");
      fleet.ledger.release(idOf(next));
      await fleet.ended([next]);
    }
    const ownerOf = new Map(orders.map((order) => [idOf(order), order.owner]));
    const now = new Set<string>();
    const most = new Map<string, number>();
    const by = new Map<string, string>();
    for (const { id, worker, what, at } of fleet.ledger.events()) {
      // What the dead one had runs no more.
      if (at >= killedAt) for (const [had, whose] of by) if (whose === "one") now.delete(had);
      if (what === "begin") now.add(id);
      by.set(id, worker);
      if (what === "end") now.delete(id);
      for (const [owner, own] of [["all", now.size], ...Map.groupBy(now, (one) => ownerOf.get(one) ?? "")] as const)
        most.set(owner, Math.max(most.get(owner) ?? 0, typeof own === "number" ? own : own.length));
    }
    expect([most.get("all"), most.get("many")]).toEqual([3, 2]);
  });

  test("E04 four orders of a killed worker begin elsewhere within three looks, one per target", async () => {
    const orders = [1, 2, 3, 4].map((n) => orderOf(n));
    for (const order of orders) fleet.ledger.plan(idOf(order), "in s2", "hold");
    const first = await fleet.worker("first");
    await fleet.order(orders);
    await eventually(() => orders.every((order) => fleet.ledger.has(idOf(order), "hold in s2")));
    await fleet.worker("second");
    const killedAt = Date.now();
    first.send("SIGKILL");
    await first.exit;
    await eventually(() => orders.every((order) => whatOf(order, 2).includes("begin")));
    const begun = fleet.ledger.events().filter(({ token, what }) => token === 2 && what === "begin");
    const tookMs = Math.max(...begun.map(({ at }) => at)) - killedAt;
    console.log(`${engine.name}: taken over ${tookMs} ms after the kill`);
    expect(tookMs).toBeLessThanOrEqual(3 * LOOK_MS);
    for (const order of orders) fleet.ledger.release(idOf(order));
    await fleet.ended(orders);
    for (const order of orders) expect([times(order, "begin"), times(order, "end")]).toEqual([2, 1]);
  });

  test("E04 one who is there for one run takes no other, and when it dies a worker of the site goes on", async () => {
    const [mine, others] = [orderOf(1, { target: "t" }), orderOf(2, { target: "t" })];
    fleet.ledger.plan(idOf(mine), "in s2", "hold");
    await fleet.order([others, mine]);
    const alone = await fleet.worker("alone", { only: mine });
    await eventually(() => fleet.ledger.has(idOf(mine), "hold in s2"));
    expect(whatOf(others)).toEqual([]);
    alone.send("SIGKILL");
    await alone.exit;
    fleet.ledger.release(idOf(mine));
    await fleet.worker("site");
    await fleet.ended([mine, others]);
    expect([times(mine, "begin"), times(mine, "end"), times(others, "begin")]).toEqual([2, 1, 1]);
  });

  test("E05 a worker that was frozen writes nothing once another one has begun, and leaves with 4", async () => {
    const order = orderOf(1);
    fleet.ledger.plan(idOf(order), "in s2", "freeze");
    const frozen = await fleet.worker("frozen");
    await fleet.order([order]);
    await eventually(() => fleet.ledger.has(idOf(order), "freeze in s2"));
    await fleet.worker("other");
    await fleet.ended([order]);
    frozen.send("SIGCONT");
    expect(await frozen.exit).toBe(4);
    const tokens = fleet.ledger.events(idOf(order)).map(({ token }) => token);
    expect(tokens).toEqual(tokens.toSorted((a, b) => a - b));
    expect(times(order, "end")).toBe(1);
  });

  test("E07 a queued order that is cancelled never begins, a running one is aborted within a second, a done one stays done", async () => {
    const [queued, running, next, done] = [orderOf(1), orderOf(2), orderOf(3, { target: "t2" }), orderOf(4)];
    fleet.ledger.plan(idOf(running), "in s1", "hold");
    await fleet.order([queued]);
    await fleet.engine().cancel(queued.run, queued.kind);
    expect(await fleet.engine().status(queued.run, queued.kind)).toBe("cancelled");
    expect(await fleet.engine().queue()).toEqual([]);
    await fleet.worker("a");
    await fleet.order([running, next, done]);
    await eventually(() => fleet.ledger.has(idOf(running), "hold in s1"));
    await fleet.ended([done]);
    await eventually(async () => (await fleet.engine().status(done.run, done.kind)) === "done");
    expect(await fleet.engine().status(running.run, running.kind)).toBe("running");
    await fleet.engine().cancel(done.run, done.kind);
    const askedAt = Date.now();
    await fleet.engine().cancel(running.run, running.kind);
    await eventually(() => fleet.ledger.has(idOf(running), "aborted by a cancel"));
    const aborted = fleet.ledger.events(idOf(running)).find(({ what }) => what === "aborted by a cancel");
    console.log(`${engine.name}: aborted ${(aborted?.at ?? 0) - askedAt} ms after the cancel`);
    expect((aborted?.at ?? Infinity) - askedAt).toBeLessThanOrEqual(1_000);
    await fleet.ended([next]);
    await eventually(async () => (await fleet.engine().status(running.run, running.kind)) === "cancelled");
    expect(await fleet.engine().status(done.run, done.kind)).toBe("done");
    expect(whatOf(queued)).toEqual([]);
    expect(times(running, "begin")).toBe(1);
  });

  test("E07 an order that is cancelled while its worker is dead is brought to its end by another one", async () => {
    const order = orderOf(1);
    fleet.ledger.plan(idOf(order), "in s1", "hold", 2);
    const first = await fleet.worker("first");
    await fleet.order([order]);
    await eventually(() => fleet.ledger.has(idOf(order), "hold in s1"));
    first.send("SIGKILL");
    await first.exit;
    await fleet.engine().cancel(order.run, order.kind);
    await fleet.worker("second");
    await eventually(() => whatOf(order, 2).includes("aborted by a cancel"));
    await eventually(async () => (await fleet.engine().status(order.run, order.kind)) === "cancelled");
  });

  test("E08 a drain lets a short order finish and gives a long one back", async () => {
    const [short, long] = [orderOf(1), orderOf(2)];
    for (const order of [short, long]) fleet.ledger.plan(idOf(order), "in s2", "hold");
    const leaving = await fleet.worker("leaving", { drainWithinMs: 2_000 });
    await fleet.order([short, long]);
    await eventually(() => [short, long].every((order) => fleet.ledger.has(idOf(order), "hold in s2")));
    leaving.send("SIGTERM");
    await eventually(() => leaving.said.some((line) => "draining" in line));
    fleet.ledger.release(idOf(short));
    await fleet.ended([short]);
    expect(await leaving.exit).toBe(0);
    expect(leaving.said.at(-1)).toEqual({ drained: { finished: 1, givenBack: 1 } });
    expect(whatOf(long).at(-1)).toBe("aborted engine/given-back");
    expect(await fleet.engine().status(short.run, short.kind)).toBe("done");
    expect(await fleet.engine().status(long.run, long.kind)).toBe("queued");
    fleet.ledger.release(idOf(long));
    await fleet.worker("staying");
    await fleet.ended([long]);
    expect([times(short, "begin"), times(long, "begin"), times(long, "end")]).toEqual([1, 2, 1]);
  });

  test("workers are seen by what they offer and perform; one that is killed is gone, one that drains takes leave", async () => {
    const seen = (): Promise<readonly SeenWorker[]> => fleet.engine().workers();
    const stateOf = async (id: string): Promise<string | undefined> =>
      (await seen()).find((one) => one.id === id)?.state;
    const [held, mine] = [orderOf(1), orderOf(2)];
    for (const order of [held, mine]) fleet.ledger.plan(idOf(order), "in s2", "hold");
    expect(await seen()).toEqual([]);
    // As another program may write it.
    const offers = { confinement: "B", backends: ["scripted"], targets: ["<b>\u001b[31m\u202e"] } as const;
    await fleet.order([mine]);
    const alone = await fleet.worker("alone", { only: mine });
    await eventually(() => fleet.ledger.has(idOf(mine), "hold in s2"));
    const site = await fleet.worker("site", { offers });
    await fleet.order([held]);
    await eventually(() => fleet.ledger.has(idOf(held), "hold in s2"));
    const host = hostname();
    expect(await seen()).toEqual([
      { id: "alone", host, concurrency: 1, only: mine.run, state: "serves", heardAt: expect.any(Number) },
      { id: "site", host, concurrency: 4, offers, state: "serves", heardAt: expect.any(Number) },
    ]);
    expect(await fleet.engine().queue()).toMatchObject([{ worker: "alone" }, { worker: "site" }]);
    const [first] = await seen();
    await eventually(async () => ((await seen())[0]?.heardAt ?? 0) > (first?.heardAt ?? Infinity));
    alone.send("SIGKILL");
    await alone.exit;
    await eventually(async () => (await stateOf("alone")) === "gone");
    site.send("SIGTERM");
    await eventually(async () => (await stateOf("site")) === undefined);
    expect(await site.exit).toBe(0);
    expect(await stateOf("alone")).toBe("gone");
  });

  test("E16 an engine that forgot everything is given the same orders and comes to the same ends", async () => {
    const [done, begun, queued] = [orderOf(1), orderOf(2), orderOf(3, { target: "t2" })];
    fleet.ledger.plan(idOf(begun), "in s2", "hold");
    const first = await fleet.worker("first");
    await fleet.order([done, begun, queued]);
    await fleet.ended([done]);
    await eventually(() => fleet.ledger.has(idOf(begun), "hold in s2"));
    first.send("SIGKILL");
    await first.exit;
    await fleet.forget();
    fleet.ledger.release(idOf(begun));
    await fleet.order([done, begun, queued]);
    await fleet.worker("second");
    await fleet.ended([done, begun, queued]);
    await eventually(() => fleet.ledger.has(idOf(done), "again"));
    for (const order of [done, begun, queued]) expect(times(order, "end")).toBe(1);
  });

  test("an order that failed is performed again once somebody orders it again", async () => {
    const order = orderOf(1);
    fleet.ledger.plan(idOf(order), "in s1", "fail");
    await fleet.worker("a");
    await fleet.order([order]);
    await eventually(async () => (await fleet.engine().status(order.run, order.kind)) === "failed");
    await fleet.order([order]);
    await fleet.ended([order]);
    expect([times(order, "begin"), times(order, "end")]).toEqual([2, 1]);
  });

  test("E22 an order that kills its worker three times ends, and those of other targets go on meanwhile", async () => {
    const bad = orderOf(1);
    const good = Array.from({ length: 6 }, (_, at) => orderOf(at + 2, { target: `t${at % 2}` }));
    fleet.ledger.plan(idOf(bad), "in s1", "die", 3);
    await fleet.order([bad, ...good]);
    const workers = fleet.supervise(2, { concurrency: 2 });
    await fleet.ended([bad, ...good], 120_000);
    await workers.stop();
    expect(times(bad, "die in s1")).toBe(3);
    for (const order of [bad, ...good]) expect(times(order, "end")).toBe(1);
  });
});
