import { mkdtemp, readFile, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { jsonOf, runCto } from "./cli.ts";

let root = "";
beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(tmpdir(), "cto-cli-hostile-")));
  await makeKey(path.join(root, "owner"), "owner");
  await runCto(["init", "home", "--owner", "jp", "--key", "owner.pub"], { cwd: root });
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("doctor --hostile plays the named cases on this machine and keeps the result in the home", async () => {
  const home = path.join(root, "home");
  const said = await runCto(["doctor", "--hostile", "--only", "approval-missing", "--json"], { home });
  expect(said.exit).toBe(0);
  const kept = path.join(home, ".cto/hostile.json");
  expect(jsonOf(said)).toMatchObject({ schema: "cto.hostile.v1", ok: true, kept });
  const result: unknown = JSON.parse(await readFile(kept, "utf8"));
  expect(result).toEqual(jsonOf(said)["result"]);
  expect(result).toMatchObject({
    schema: "cto/hostile-result/v1",
    at: expect.stringMatching(/Z$/),
    build: { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    host: { node: process.versions.node },
    sum: "1 held, 0 escaped, 0 not run",
    cases: [{ id: "approval-missing", verdict: "held", expected: "BLOCK-GATE approval/absent", by: "the gate" }],
  });
});

test("doctor --hostile without a case of that name is a mistake, and nothing is started", async () => {
  const said = await runCto(["doctor", "--hostile", "--only", "no-such-case"], { cwd: root });
  expect(said).toMatchObject({ exit: 2, stderr: expect.stringContaining("no hostile case begins with no-such-case") });
});
