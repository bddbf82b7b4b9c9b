import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import type { World } from "../../src/harness/world.ts";
import { SERVICES_PATH, writeServices } from "../../src/workflow/home-services.ts";
import { runId } from "../../src/workflow/ids.ts";
import { jsonOf, runCto, type Said } from "../cli/cli.ts";
import { openBucket, type TestBucket } from "../fakes/bucket.ts";
import { gitIn } from "./ended.ts";
import { admit, approveBy, endOf, makeGround, openSwitches, runOnce, type Ground } from "./ground.ts";

let bucket: TestBucket;
let ground: Ground;
let world: World;
beforeAll(async () => {
  bucket = await openBucket();
  ground = await makeGround();
  const services = writeServices({ store: { kind: "sqlite" }, archive: bucket.service });
  await writeFile(path.join(ground.home, SERVICES_PATH), services, { mode: 0o600 });
  world = await ground.open({ ...openSwitches("scripted"), ...bucket.environment });
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
  await bucket.close();
});

const cto = (...argv: readonly string[]): Promise<Said> => runCto(argv, { home: ground.home, env: bucket.environment });
const blocked = (): ReturnType<typeof runId> => runId(ground.work, 1);
const done = (): ReturnType<typeof runId> => runId(ground.work, 2);
const folders = (): readonly string[] =>
  readdirSync(path.join(ground.home, ".cto/runs")).filter((name) => /^R-\d+-\d+$/.test(name));

test("a run whose bucket cannot be reached is sealed and ends all the same, and is pushed later", async () => {
  await admit(world, ground);
  // A new run asks whether its id is free; from then on the bucket is gone.
  bucket.fate = ({ method }) => (method === "HEAD" ? "passes" : { status: 403, code: "AccessDenied" });
  expect(endOf(await runOnce(world, ground))).toContain("approval/absent");
  expect(await cto("archive", "push")).toMatchObject({ exit: 4, stderr: expect.stringContaining("archive/refused") });
  bucket.fate = () => "passes";
  expect(await bucket.keys()).toEqual([]);
  expect(await cto("archive", "check")).toMatchObject({
    exit: 5,
    stdout: expect.stringContaining("not in the bucket, and here"),
  });
  expect(await cto("archive", "push")).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/pushed, \d.* read back/),
  });
  expect(await cto("archive", "push", blocked())).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("there already"),
  });
});

test("an approved run brings its own bundle to the bucket", async () => {
  expect(await approveBy(world, ground)).toEqual([]);
  expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  expect(await bucket.keys()).toContain(`runs/${done()}.json`);
  expect(await cto("archive", "check")).toMatchObject({ exit: 0 });
});

test("nothing is removed here before it is asked for by --yes, and nothing that is not decided", async () => {
  const look = async (): Promise<Said> => cto("archive", "prune", "--older-than", "1s");
  await expect.poll(async () => (await look()).stdout).toContain("would go");
  expect((await look()).stdout).not.toContain(done());
  expect(folders()).toEqual([blocked(), done()]);
});

test("a folder whose copy in the bucket does not hold stays here", async () => {
  const manifest = `runs/${blocked()}.json`;
  const kept = await bucket.take(manifest);
  await bucket.put(manifest, new TextEncoder().encode("{}"));
  const said = await cto("archive", "prune", "--older-than", "1s", "--yes", "--json");
  expect(said.exit).toBe(5);
  expect(jsonOf(said)).toMatchObject({ runs: [{ run: blocked(), state: "kept" }] });
  await bucket.put(manifest, kept);
  expect(folders()).toEqual([blocked(), done()]);
});

test("once decided and read back, the folder goes, and the run is shown, verified and replayed from the bucket", async () => {
  const commit = gitIn(ground.target, "rev-parse", "HEAD").slice(0, 7);
  const outcome = await runCto(["outcome", done(), "--accept", "--key", ground.key, "--sentence-file", "-"], {
    home: ground.home,
    env: bucket.environment,
    input: `I accept the outcome of ${ground.work} run ${done()} at commit ${commit}.`,
  });
  expect([outcome.stderr, outcome.exit]).toEqual([expect.any(String), 0]);
  await expect
    .poll(async () => (await cto("archive", "prune", "--older-than", "1s", "--yes")).stdout)
    .toMatch(/removed/);
  await expect.poll(folders).toEqual([]);
  expect(existsSync(path.join(ground.home, `.cto/runs/${done()}.addenda/outcome.json`))).toBe(true);
  expect(await cto("verify", done())).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASS/) });
  expect(await cto("show", done())).toMatchObject({ exit: 0, stdout: expect.stringContaining("verifies now: PASS") });
  expect(await cto("diff", done())).toMatchObject({ exit: 0, stdout: expect.stringContaining("strings.py") });
  expect(await cto("audit", "verify")).toMatchObject({ exit: 0, stdout: expect.stringMatching(/^PASS/) });
  expect(await cto("replay", done(), "--level", "patch")).toMatchObject({ exit: 0 });
  expect(jsonOf(await cto("status", "--json"))).not.toMatchObject({ rows: [{ state: "tampered" }] });
});

test("a backup leaves out what the bucket alone has, says so, and its restore reads that from there or is refused", async () => {
  const file = path.join(ground.root, "home.tar");
  const said = await cto("backup", file, "--json");
  expect(jsonOf(said)).toMatchObject({ inBucket: [blocked(), done()] });
  const restore = (folder: string, env = bucket.environment): Promise<Said> =>
    runCto(["restore", file, path.join(ground.root, folder)], { env });
  expect(await restore("restored")).toMatchObject({ exit: 0, stdout: expect.stringContaining("bundles   2") });
  expect(await restore("without-keys", {})).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("archive/key-absent"),
  });
  const manifest = `runs/${done()}.json`;
  const kept = await bucket.take(manifest);
  await bucket.remove(manifest);
  expect(await restore("without-object")).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("backup/does-not-hold"),
  });
  await bucket.put(manifest, kept);
});

test("the next run of the item takes no id that a bundle in the bucket has", async () => {
  expect(endOf(await runOnce(world, ground))).toContain("blocked");
  expect(folders()).toEqual([runId(ground.work, 3)]);
});

test("a backup that is older than what the bucket has of its home is refused", async () => {
  const said = await runCto(["restore", path.join(ground.root, "home.tar"), path.join(ground.root, "older")], {
    env: bucket.environment,
  });
  expect(said).toMatchObject({ exit: 4, stderr: expect.stringContaining("backup/older") });
  expect(existsSync(path.join(ground.root, "older"))).toBe(false);
});

test("R119 an object that is altered, missing or another run's is refused, and never shown as evidence", async () => {
  const [pack = ""] = (await bucket.keys()).filter((key) => key.startsWith("sha256/"));
  for (const key of [`runs/${done()}.json`, pack]) {
    const kept = await bucket.take(key);
    await bucket.put(key, kept.with(900, (kept[900] ?? 0) ^ 1));
    const checked = await cto("archive", "check");
    expect(checked).toMatchObject({ exit: 5, stdout: expect.stringContaining("wrong") });
    await bucket.remove(key);
    expect(await cto("archive", "check")).toMatchObject({ exit: 5 });
    await bucket.put(key, kept);
  }
  const manifest = `runs/${done()}.json`;
  const kept = await bucket.take(manifest);
  await bucket.put(manifest, await bucket.take(`runs/${blocked()}.json`));
  expect(await cto("verify", done())).toMatchObject({ exit: 4, stderr: expect.stringContaining("archive/altered") });
  expect(await cto("archive", "check", done())).toMatchObject({ exit: 5 });
  expect(await cto("show", ground.work)).not.toMatchObject({ exit: 0 });
  await bucket.put(manifest, kept);
  expect(await cto("verify", done())).toMatchObject({ exit: 0 });
});

test("without keys, and without a bucket, the commands say what is missing", async () => {
  expect(await runCto(["archive", "check"], { home: ground.home })).toMatchObject({
    exit: 4,
    stderr: expect.stringContaining("archive/key-absent"),
  });
  await writeFile(path.join(ground.home, SERVICES_PATH), '{"schemaVersion":1}', { mode: 0o600 });
  for (const verb of ["push", "check", "prune"])
    expect(await cto("archive", verb)).toMatchObject({ exit: 4, stderr: expect.stringContaining("archive/none") });
});
