import { afterAll, beforeAll, expect, test } from "vitest";

import { readingOf } from "../../src/harness/reading/reading.ts";
import type { World } from "../../src/harness/world.ts";
import type { Ground } from "../journeys/ground.ts";
import { makeRunGround, surfaceOver, type Surface } from "./surface.ts";

let ground: Ground;
let world: World;
let surface: Surface;

beforeAll(async () => {
  ({ ground, world } = await makeRunGround());
  surface = surfaceOver(world);
});

afterAll(async () => {
  surface.end();
  await world.store.close();
  await ground.close();
});

/** As a machine asks that has no token. */
const asked = (path: string, more: Readonly<Record<string, string>> = {}): Promise<Response> =>
  Promise.resolve(
    surface.app.request(`http://localhost:4049${path}`, { headers: { host: "localhost:4049", ...more } }),
  );

test("whether it answers and whether it is ready is told without a token", async () => {
  const health = await asked("/healthz");
  expect([health.status, await health.text()]).toEqual([200, "ok\n"]);
  const ready = await asked("/readyz");
  expect([ready.status, await ready.text()]).toEqual([200, "ledger ok\norders ok\ndisk ok\nkeys ok\n"]);
});

test("a home whose ledger cannot be read or whose disk is full is not ready, and the answer says which part", async () => {
  const broken = (): never => {
    throw new Error("/secret/place is not readable");
  };
  const ill: World = {
    ...world,
    store: { ...world.store, head: broken },
    host: { ...world.host, diskFree: () => Promise.resolve(0) },
  };
  const other = surfaceOver(ill, { reading: readingOf(ill) });
  const answer = await other.app.request("http://localhost:4049/readyz", { headers: { host: "localhost:4049" } });
  expect([answer.status, await answer.text()]).toEqual([503, "ledger fails\norders ok\ndisk fails\nkeys ok\n"]);
  other.end();
});

test("metrics are OpenMetrics, say how much there is, and name nothing of the home", async () => {
  const answer = await asked("/metrics");
  expect(answer.headers.get("content-type")).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
  const text = await answer.text();
  expect(text).toContain('cto_runs{state="awaiting_outcome"} 1\n');
  expect(text).toContain('cto_work_items{state="awaiting_outcome"} 1\n');
  expect(text).toMatch(/\ncto_ledger_records_total [1-9]\d*\n/);
  expect(text.endsWith("\n# EOF\n")).toBe(true);
  for (const name of [ground.work, "R-049", ground.target, ground.home, "jp"]) expect(text).not.toContain(name);
});

test("other hosts and other methods stay outside here as well", async () => {
  expect((await asked("/metrics", { host: "evil.example:4049" })).status).toBe(421);
  const posted = await surface.app.request("http://localhost:4049/metrics", {
    method: "POST",
    headers: { host: "localhost:4049" },
  });
  expect(posted.status).toBe(405);
});
