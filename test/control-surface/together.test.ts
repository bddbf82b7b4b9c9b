import { afterAll, beforeAll, expect, test } from "vitest";

import type { Together } from "../../src/control-surface/api.ts";
import { LIMITS } from "../../src/workflow/limits.ts";
import { makeGround, type Ground } from "../journeys/ground.ts";
import { surfaceOver, type Surface } from "./surface.ts";

let ground: Ground;
let surface: Surface;
let end: () => Promise<void>;
beforeAll(async () => {
  ground = await makeGround();
  const world = await ground.open();
  surface = surfaceOver(world);
  end = async () => {
    surface.end();
    await world.store.close();
    await ground.close();
  };
});
afterAll(() => end());

const together = (addresses: readonly string[]): Promise<Response> =>
  surface.get(
    `/api/together?${new URLSearchParams(addresses.map((one): [string, string] => ["ask", one])).toString()}`,
  );

test("several answers that come together are the ones that each address gives alone, a no among them", async () => {
  const asked = ["/api/runs?limit=2", "/api/r/R-999-01", "/api/audit?after=0&limit=3", "/api/runs?limit=nothing"];
  const response = await together(asked);
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const { answers } = (await response.json()) as Together;
  expect(answers.map(({ ask, status }) => [ask, status])).toEqual([
    [asked[0], 200],
    [asked[1], 404],
    [asked[2], 200],
    [asked[3], 400],
  ]);
  for (const { ask, text } of answers) {
    const alone: unknown = await (await surface.get(ask)).json();
    expect({ ...(JSON.parse(text) as object), requestId: "" }).toEqual({ ...(alone as object), requestId: "" });
  }
});

test.each<readonly [what: string, asked: readonly string[]]>([
  ["nothing", []],
  ["too many", Array.from({ length: LIMITS.surfaceTogetherMax + 1 }, () => "/api/runs")],
  ["what lies elsewhere", ["//evil.example/api/runs"]],
  ["another origin", ["https://evil.example/api/runs"]],
  ["a page", ["/runs"]],
  ["an asset", ["/assets/index.js"]],
  ["itself", ["/api/together?ask=%2Fapi%2Fruns"]],
  ["the stream of events", ["/api/events"]],
  ["the stream, spelled in another way", ["/api/%65vents"]],
  ["the stream, by a way about", ["/api/r/../events"]],
  ["a part of an address", ["/api/runs#token"]],
  ["one good and one odd address", ["/api/runs", "/"]],
])("%s is not answered together", async (_, asked) => {
  const response = await together(asked);
  expect([response.status, ((await response.json()) as { code: string }).code]).toEqual([
    400,
    "surface/wrong-parameter",
  ]);
});

test("only addresses can be asked together, by who has the token, at this host and from this site", async () => {
  const path = "/api/together?ask=%2Fapi%2Fruns";
  expect((await surface.get(`${path}&limit=1`)).status).toBe(400);
  expect((await surface.get(path, { "x-cto-token": "none" })).status).toBe(401);
  expect((await surface.get(path, { host: "evil.example" })).status).toBe(421);
  expect((await surface.get(path, { "sec-fetch-site": "cross-site" })).status).toBe(403);
});

test("an answer that is held already is given again: whoever asks for several holds none", async () => {
  const { answers } = (await (await together(["/api/runs"])).json()) as Together;
  const again = await surface.get("/api/together?ask=%2Fapi%2Fruns", { "if-none-match": '"held"' });
  expect(((await again.json()) as Together).answers).toEqual(answers);
});
