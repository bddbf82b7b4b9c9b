import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";

import { fingerprint } from "../../src/adapters/host/fingerprint.ts";
import { replaysHere } from "../../src/control-surface/replay-here.ts";
import type { Served } from "../../src/harness/home/served.ts";
import type { World } from "../../src/harness/world.ts";
import { admit, approveBy, endOf, makeGround, POLICY, runOnce, type Ground } from "../journeys/ground.ts";
import { getFrom, postTo, servedOver, type Answer } from "./posting.ts";
import { RUN } from "./surface.ts";

const TOOL = '#!/bin/sh\nexec python3 -m "$1" -q\n';
const ENDLESS_SECONDS = "86397";
const ENDLESS_TOOL = `#!/bin/sh\nexec sleep ${ENDLESS_SECONDS}\n`;

let ground: Ground;
let world: World;
let served: Served;
let tool: string;
const own: World[] = [];

beforeAll(async () => {
  ground = await makeGround({ validation: ["run-tests", "pytest"] });
  tool = path.join(ground.root, "tools/bin/run-tests");
  await mkdir(path.dirname(tool), { recursive: true });
  await layTool(TOOL);
  await ground.edit(POLICY, "toolchains: []", `toolchains: [${path.join(ground.root, "tools")}]`);
  world = await ground.open();
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  served = await servedOver(world, () => ground.open({}));
}, 120_000);
beforeEach(() => layTool(TOOL));
afterAll(async () => {
  await served.close();
  await Promise.all(own.map(({ store }) => store.close()));
  await ground.close();
});

const layTool = async (content: string): Promise<void> => {
  await writeFile(tool, content);
  await chmod(tool, 0o755);
};

const ADDRESS = `/api/r/${RUN}/replay`;
const ask = (level: string, at = served): Promise<Answer> => postTo(at, ADDRESS, { level });

/** What is known of the replays, once none runs. */
const settled = async (at = served): Promise<Answer["body"]> => {
  await expect
    .poll(async () => (await getFrom(at, ADDRESS)).body, { timeout: 60_000, interval: 100 })
    .toMatchObject({ now: null });
  return (await getFrom(at, ADDRESS)).body;
};

/** Programs of this machine that were started with these words. */
const started = async (words: string): Promise<readonly string[]> => {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.replaceAll("\0", " ").trim() === words);
};

test("R124 validation runs again for a page, once at a time, and what came of it is read afterwards; bundle and ledger stay", async () => {
  const bundle = path.join(ground.home, ".cto/runs", RUN);
  const before = [await fingerprint(bundle), (await world.store.head()).checkpoint.size];
  const began = await ask("validation");
  const { startedAt } = began.body;
  expect(began).toEqual({ status: 202, body: { run: RUN, level: "validation", startedAt, state: "running" } });
  expect((await getFrom(served, ADDRESS)).body).toMatchObject({
    now: { level: "validation", startedAt, state: "running" },
    last: [],
  });
  expect(await ask("patch")).toMatchObject({
    status: 409,
    body: { code: "surface/replay-running", refusals: [{ detail: { run: RUN, level: "validation" } }] },
  });
  const { last } = await settled();
  expect(last).toMatchObject([
    {
      level: "validation",
      startedAt,
      came: "same",
      by: world.operator.user,
      version: world.build.version,
      says: "",
      differences: [],
      notComparable: ["output bytes", "duration"],
    },
  ]);
  expect([await fingerprint(bundle), (await world.store.head()).checkpoint.size]).toEqual(before);
});

test("R124 another tool is told as a difference, and replaces what was known of that level alone", async () => {
  expect((await ask("patch")).status).toBe(202);
  expect((await settled())["last"]).toMatchObject([
    { level: "patch", came: "same" },
    { level: "validation", came: "same" },
  ]);
  await layTool(`${TOOL}# another\n`);
  expect((await ask("validation")).status).toBe(202);
  expect((await settled())["last"]).toMatchObject([
    { level: "patch", came: "same" },
    { level: "validation", came: "differs", differences: [{ where: `tool ${tool}, sha256` }] },
  ]);
});

test("a level that the bundle does not offer compares nothing and is no result", async () => {
  expect((await ask("cassette")).status).toBe(202);
  const { last } = await settled();
  expect(last).toContainEqual(
    expect.objectContaining({ level: "cassette", came: "refused", code: "replay/not-found", differences: [] }),
  );
  expect(await ask("everything")).toMatchObject({ status: 400, body: { code: "surface/wrong-body" } });
});

test("a replay ends with its server, nothing of it is left, and it is told as ended", async () => {
  await layTool(ENDLESS_TOOL);
  const reads = await ground.open({});
  own.push(reads);
  const at = await servedOver(reads, () => ground.open({}));
  expect((await ask("validation", at)).status).toBe(202);
  await expect.poll(() => started(`sleep ${ENDLESS_SECONDS}`), { timeout: 60_000, interval: 100 }).not.toHaveLength(0);
  await at.close();
  expect(await started(`sleep ${ENDLESS_SECONDS}`)).toEqual([]);
  expect((await settled())["last"]).toContainEqual(
    expect.objectContaining({ level: "validation", came: "ended", says: "The server that did it was ended." }),
  );
});

test("a replay that takes too long is ended, whatever it was about to say", async () => {
  const replays = replaysHere((line) => expect(line).toBe(""), 1);
  expect(await replays.route.answer(() => ground.open({}), RUN, { level: "patch" })).toMatchObject({ status: 202 });
  const { last } = await settled();
  await replays.end();
  expect(last).toContainEqual(
    expect.objectContaining({
      level: "patch",
      came: "ended",
      says: "It took longer than a replay from a page may, and was ended.",
    }),
  );
});

test("a replay whose process died is told as broken off, and holds nobody", async () => {
  const now = path.join(ground.home, ".cto/replays/now.json");
  const turn = { run: RUN, level: "render", startedAt: new Date().toISOString(), ended: false };
  await writeFile(now, JSON.stringify({ ...turn, holder: { ...world.holder, pidStart: "1" } }));
  expect((await getFrom(served, ADDRESS)).body).toMatchObject({ now: { level: "render", state: "broken-off" } });
  expect((await ask("render")).status).toBe(202);
  expect((await settled())["last"]).toContainEqual(expect.objectContaining({ level: "render", came: "same" }));
});

test.each([
  ["no JSON", "{"],
  ["another form", '{"level":"patch","came":"same"}'],
  ["a verdict that does not exist", undefined],
])("a kept result that is %s is not shown as one", async (_, text) => {
  const place = path.join(ground.home, ".cto/replays", RUN, "render.json");
  const kept = await readFile(place, "utf8");
  await rm(place);
  await writeFile(place, text ?? kept.replace('"came":"same"', '"came":"proven"'));
  expect(await getFrom(served, ADDRESS)).toMatchObject({ status: 503, body: { code: "home/unreadable" } });
  await writeFile(place, kept);
  expect((await getFrom(served, ADDRESS)).status).toBe(200);
});
