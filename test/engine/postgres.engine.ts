import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";

import { idOf } from "../fixtures/engine-ledger.ts";
import { onDatabase } from "../postgres.ts";
import { ENGINES, openEngine, type EngineGround } from "./engines.ts";
import { tellFigures } from "./figures.ts";
import { eventually, openFleet, orderOf, type Fleet } from "./fleet.ts";

// What only an engine with a server behind it can meet: cut connections, a server that dies, an older protocol.

const engine = ENGINES.find(({ name }) => name.includes("PostgreSQL"));
if (engine === undefined) throw new Error("no engine on PostgreSQL in the table");
const trial = engine.missing === undefined ? test : test.skip;

let ground: EngineGround;
let fleet: Fleet;
beforeAll(async () => {
  if (engine.missing === undefined) ground = await engine.open();
});
afterAll(async () => {
  await ground?.close();
  tellFigures();
});
beforeEach(async () => {
  fleet = await openFleet(ground, engine.name);
});
afterEach(() => fleet.close());

const times = (order: Parameters<typeof idOf>[0], what: string): number =>
  fleet.ledger.events(idOf(order)).filter((event) => event.what === what).length;
const url = (): string => {
  const place = fleet.place();
  if (place.kind !== "dbos") throw new Error("no url");
  return place.url;
};

trial(
  "E11 a worker whose connections are cut leaves with 4, and another one goes on without a second end",
  async () => {
    const orders = [orderOf(1), orderOf(2)];
    for (const order of orders) fleet.ledger.plan(idOf(order), "in s2", "hold");
    const cut = await fleet.worker("cut");
    await fleet.order(orders);
    await eventually(() => orders.every((order) => fleet.ledger.has(idOf(order), "hold in s2")));
    await fleet.worker("other");
    await onDatabase(
      url(),
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cto cut'",
    );
    expect(await cut.exit).toBe(4);
    expect(cut.said.at(-1)).toEqual({ failure: "engine/liveness-lost" });
    for (const order of orders) fleet.ledger.release(idOf(order));
    await fleet.ended(orders);
    for (const order of orders) expect([times(order, "begin"), times(order, "end")]).toEqual([2, 1]);
  },
);

trial("E11 only the connection that stands for the worker counts: the others are made again", async () => {
  const order = orderOf(1);
  fleet.ledger.plan(idOf(order), "in s2", "hold");
  await fleet.worker("one");
  await fleet.order([order]);
  await eventually(() => fleet.ledger.has(idOf(order), "hold in s2"));
  await onDatabase(
    url(),
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'cto one'
     and pid not in (select pid from pg_locks where locktype = 'advisory' and granted)`,
  );
  fleet.ledger.release(idOf(order));
  await fleet.ended([order]);
  await eventually(async () => (await fleet.engine().status(order.run, order.kind)) === "done");
  expect([times(order, "begin"), times(order, "end")]).toEqual([1, 1]);
});

trial("E12 a server that is killed and started again during twenty runs loses none and ends each once", async () => {
  const orders = Array.from({ length: 20 }, (_, at) => orderOf(at + 1, { target: `t${at % 7}` }));
  for (const order of orders.slice(0, 4)) fleet.ledger.plan(idOf(order), "in s2", "hold");
  await fleet.order(orders);
  const workers = fleet.supervise(2, { concurrency: 3 });
  const held = (): number => orders.filter((order) => fleet.ledger.has(idOf(order), "hold in s2")).length;
  await eventually(() => held() >= 3);
  await ground.server?.kill();
  for (const order of orders) fleet.ledger.release(idOf(order));
  await ground.server?.start();
  await fleet.ended(orders, 120_000);
  await workers.stop();
  for (const order of orders) expect(times(order, "end")).toBe(1);
  for (const order of orders)
    await eventually(async () => (await fleet.engine().status(order.run, order.kind)) === "done");
});

trial("E12 who orders while the server is down is told so, and the same order is taken once it is up", async () => {
  const order = orderOf(1);
  await ground.server?.kill();
  await expect(fleet.engine().start(order)).rejects.toMatchObject({ code: "engine/unreachable", retry: true });
  await ground.server?.start();
  await fleet.order([order]);
  await fleet.worker("a");
  await fleet.ended([order]);
  expect(times(order, "begin")).toBe(1);
});

trial("E17 orders of an older protocol are not performed as they are but ordered again, and end once", async () => {
  const [begun, queued, cancelled] = [orderOf(1), orderOf(2, { target: "t1" }), orderOf(3)];
  fleet.ledger.plan(idOf(begun), "in s2", "hold");
  const old = await fleet.worker("old", { concurrency: 1 });
  await fleet.order([begun]);
  await eventually(() => fleet.ledger.has(idOf(begun), "hold in s2"));
  await fleet.order([queued, cancelled]);
  await fleet.engine().cancel(cancelled.run, cancelled.kind);
  old.send("SIGKILL");
  await old.exit;
  fleet.ledger.release(idOf(begun));
  await fleet.worker("new", { protocol: 2 });
  await fleet.ended([begun, queued]);
  const rows = await onDatabase(
    url(),
    "select workflow_uuid as id, status, application_version as version from dbos.workflow_status order by 1",
  );
  for (const order of [begun, queued, cancelled]) {
    expect(rows).toContainEqual({ id: idOf(order), status: "CANCELLED", version: "1" });
    expect(rows).toContainEqual(expect.objectContaining({ id: `${idOf(order)}/2`, version: "2" }));
  }
  const engine = openEngine({ kind: "dbos", url: url(), protocol: 2 }, "tests", 1);
  await eventually(async () => (await engine.status(begun.run, begun.kind)) === "done");
  expect(await engine.status(cancelled.run, cancelled.kind)).toBe("cancelled");
  // Who orders the same again later changes nothing.
  await engine.start(queued);
  await engine.close();
  expect([times(begun, "end"), times(queued, "end"), times(cancelled, "begin")]).toEqual([1, 1, 0]);
});
