import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { installFakeAgent, profilePath, type FakeAgent } from "../fakes/install-agent.ts";
import { makeGround, POLICY, type Ground } from "../journeys/ground.ts";
import { jsonOf, runCto } from "./cli.ts";

let ground: Ground;
let agent: FakeAgent;
let nowhere = "";
beforeAll(async () => {
  nowhere = await mkdtemp(path.join(tmpdir(), "cto-no-home-"));
  ground = await makeGround();
  agent = await installFakeAgent(path.join(ground.root, "agents"), "acp", { steps: [] });
  const file = path.join(ground.home, profilePath(agent));
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(agent.profile));
  await ground.edit(POLICY, "  case: {}\n", `  acp: { profile: fake-acp, packages: "${agent.packages}" }\n`);
});
afterAll(async () => {
  await ground.close();
  await rm(nowhere, { recursive: true, force: true });
});

interface Row {
  readonly id: string;
  readonly here: string;
  readonly named: readonly string[];
}

const rowsOf = (said: Awaited<ReturnType<typeof runCto>>): readonly Row[] => jsonOf(said)["agents"] as readonly Row[];

test("without a home the profiles that ship are listed and shown", async () => {
  const listed = await runCto(["agents", "list", "--json"], { cwd: nowhere });
  expect(listed.exit).toBe(0);
  expect(rowsOf(listed).map(({ id }) => id)).toEqual(expect.arrayContaining(["gemini", "pi", "codex"]));
  expect((await runCto(["agents", "list"], { cwd: nowhere })).stdout).toContain("There is no home here");
  expect(await runCto(["agents", "show", "gemini"], { cwd: nowhere })).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("# gemini"),
  });
});

test("a mistyped id is answered with the one that was meant, with and without a home", async () => {
  for (const given of [{ cwd: nowhere }, { home: ground.home }])
    for (const verb of ["show", "probe"]) {
      const said = await runCto(["agents", verb, "gemni"], given);
      expect([said.exit, said.stderr]).toEqual([2, expect.stringContaining("did you mean gemini")]);
    }
});

test("a home lists its own profiles too: what is installed, and which one its policy names", async () => {
  const rows = rowsOf(await runCto(["agents", "list", "--json"], { home: ground.home }));
  expect(rows.find(({ id }) => id === "fake-acp")).toMatchObject({ here: "installed", named: ["acp"] });
  expect(rows.find(({ id }) => id === "gemini")).toMatchObject({
    here: expect.stringContaining("is not installed"),
    named: [],
  });
});

test("another version than the pin is told with both", async () => {
  const other = await installFakeAgent(path.join(ground.root, "other"), "acp", { steps: [] });
  const manifest = path.join(other.packages, "fake-acp/package.json");
  await writeFile(manifest, JSON.stringify({ name: "fake-acp", version: "1.0.1" }));
  const given = ["agents", "list", "--json", "--packages", other.packages];
  const here = rowsOf(await runCto(given, { home: ground.home })).find(({ id }) => id === "fake-acp")?.here;
  expect(here).toMatch(/1\.0\.1/);
  expect(here).toMatch(/1\.0\.0/);
  const probed = await runCto(["agents", "probe", "fake-acp", "--packages", other.packages], { home: ground.home });
  expect([probed.exit, probed.stderr + probed.stdout]).toEqual([3, expect.stringContaining("backend/not-the-pin")]);
});

test("probe starts an agent in the sandbox that a run would get, and says what it answered", async () => {
  const said = await runCto(["agents", "probe", "fake-acp", "--json"], { home: ground.home });
  expect(said.exit).toBe(0);
  expect(jsonOf(said)).toMatchObject({
    probe: { profile: "fake-acp", version: "1.0.0", declared: "observe" },
    greeting: { name: "scripted", version: "1.0.0", protocol: 1, opened: true, modes: ["ask", "yolo"] },
  });
});
