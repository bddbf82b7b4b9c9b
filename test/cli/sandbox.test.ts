import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, expect, test } from "vitest";

import { COMPILE_CACHE } from "../fixtures/compile-cache.ts";
import { makeGround, targetDigest, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

test("R064 a command gets the stage of a run: its exit code, its attempts and its journal are told", async () => {
  const script = "cat; echo new >> src/strings.py; echo x > src/extra.py; git push origin main; cat .env; exit 7";
  const said = await runCto(["sandbox", "--json", "--input", "--", "bash", "-c", script], { input: "given\n" });
  expect(said.exit).toBe(7);
  const told = jsonOf(said);
  expect(told).toMatchObject({
    schema: "cto.sandbox.v1",
    ok: false,
    exitCode: 7,
    stdout: "given\n",
    processTreeDead: true,
  });
  expect(told["attempts"]).toEqual([expect.objectContaining({ class: "prevented", action: "push" })]);
  expect(told["journal"]).toEqual([
    expect.objectContaining({ path: "src/extra.py", verdict: "unlisted" }),
    expect.objectContaining({ path: "src/strings.py", verdict: "allowed" }),
  ]);
});

test("what a command prints cannot steer the terminal, and its end is told beside it", async () => {
  const said = await runCto(["sandbox", "--", "printf", "a\\033]0;title\\007b\\n"]);
  expect(said).toMatchObject({ exit: 0, stdout: "a<U+001B>]0;title<U+0007>b\n" });
  expect(said.stderr).toMatch(/^sandbox {3}exit 0 after .* confinement [AB] · memory by /);
});

test("R067 a try has the canaries of a run, before and after; one that falls ends it as it would end the run", async () => {
  const fine = jsonOf(await runCto(["sandbox", "--json", "--", "true"]));
  expect(fine).toMatchObject({
    ok: true,
    begun: true,
    canaries: [{ pass: "before" }, { pass: "after" }].map((pass) =>
      expect.objectContaining({
        ...pass,
        results: expect.arrayContaining([expect.objectContaining({ verdict: "held" })]),
      }),
    ),
  });
  // What the operator's variable names can be read in every sandbox.
  const env = { SSH_AUTH_SOCK: "/usr/bin/true" };
  const fallen = await runCto(["sandbox", "--", "sh", "-c", "echo begun"], { env });
  expect(fallen).toMatchObject({ exit: 6, stdout: "" });
  expect(fallen.stderr).toContain("never begun");
  expect(fallen.stderr).toContain("canaries  13 held before and read-key broken");
  expect(fallen.stderr).toContain("workspace/canary-succeeded");
});

test("R135 a try that its limit ends is told as a run would be, and what it left is told as well", async () => {
  const said = await runCto(["sandbox", "--json", "--", "sh", "-c", "head -c 200000000 /dev/zero >src/x; sleep 60"]);
  expect(said.exit).toBe(6);
  expect(jsonOf(said)).toMatchObject({
    ok: false,
    limit: expect.stringMatching(/^scratch-/),
    processTreeDead: true,
    refusals: [expect.objectContaining({ code: "workspace/limit-reached" })],
  });
});

test.each(["077", "000", "0777"])(
  "R064 under the umask %s a stage and its detectors read what they have to",
  async (umask) => {
    const program = path.join(import.meta.dirname, "../journeys/cto.ts");
    const tried = ["sandbox", "--json", "--", "sh", "-c", "echo new >>src/strings.py"];
    const argv = ["-c", 'umask "$0"; exec "$@"', umask, process.execPath, program, ...tried];
    const env = { ...COMPILE_CACHE, HOME: ground.root, PATH: "/usr/bin:/bin" };
    const { stdout } = await promisify(execFile)("/bin/bash", argv, { env });
    expect(JSON.parse(stdout)).toMatchObject({
      ok: true,
      journal: [expect.objectContaining({ path: "src/strings.py", verdict: "allowed" })],
      disagreements: [],
    });
  },
);

test("R050 without an admitted target nothing is started, and the home and the target stay as they were", async () => {
  const before = await lookInto(ground.home, async (world) => [
    await targetDigest(world, ground),
    (await world.store.leaves(0)).length,
  ]);
  const said = await runCto(["sandbox", "--home", ground.home, "--json", ground.work, "--", "true"]);
  expect(said.exit).toBe(3);
  expect(jsonOf(said)).toMatchObject({ refusals: [expect.objectContaining({ code: "admission/absent" })] });
  expect(
    await lookInto(ground.home, async (world) => [
      await targetDigest(world, ground),
      (await world.store.leaves(0)).length,
    ]),
  ).toEqual(before);
});

test.each([
  ["no command", ["sandbox"]],
  ["a work item alone", ["sandbox", "CTO-WORK-049"]],
])("R128 %s is a usage mistake with an example", async (_, argv) => {
  const said = await runCto(argv, { home: ground.home });
  expect(said).toMatchObject({ exit: 2, stdout: "" });
  expect(said.stderr).toContain("cto sandbox CTO-WORK-049 -- ");
});
