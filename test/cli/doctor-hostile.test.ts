import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
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
  expect(jsonOf(await runCto(["doctor", "--only", "hostile", "--json"], { home }))["checks"]).toEqual([
    { id: "hostile", status: "skip", says: "never run in this home", fix: "cto doctor --hostile" },
  ]);
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

const checked = async (): Promise<unknown> =>
  jsonOf(await runCto(["doctor", "--only", "hostile", "--json"], { home: path.join(root, "home") }))["checks"];

test("a result of one case alone is no result of the suite", async () => {
  expect(await checked()).toEqual([
    {
      id: "hostile",
      status: "warn",
      says: expect.stringMatching(/^1 held, only 1 of \d{3} were played, run (?:now|\d+ s ago) by cto source$/),
      fix: "cto doctor --hostile",
    },
  ]);
});

const WHOLE = { of: 1 };
const HELD = { id: "a", attack: "b", verdict: "held", says: [] };
test.each([
  ["the whole suite, held here by this build", WHOLE, "ok", /^1 held, run (?:now|\d+ s ago) by cto source$/],
  ["another build", { ...WHOLE, build: { version: "0.0.1", digest: "0".repeat(64) } }, "warn", /another build/],
  ["another kernel", { ...WHOLE, host: { hostId: "x", kernel: "5" } }, "warn", /another machine or kernel/],
  ["an old one", { ...WHOLE, at: "2026-01-01T00:00:00.000Z" }, "warn", /it is \d+ days old/],
  ["one of a time to come", { ...WHOLE, at: "2999-01-01T00:00:00.000Z" }, "warn", /dated after now/],
  ["one without the number of cases", { of: undefined }, "warn", /does not say how many/],
  ["no case at all", { of: 0, cases: [] }, "warn", /only 0 of 0 were played/],
  ["an escape", { of: 2, cases: [HELD, { ...HELD, verdict: "ESCAPED" }] }, "fail", /^1 held, 1 escaped/],
  ["one not run", { of: 2, cases: [HELD, { ...HELD, verdict: "not run" }] }, "warn", /^1 held, 1 could not be run/],
  ["a verdict that there is not", { ...WHOLE, cases: [{ ...HELD, verdict: "fine" }] }, "warn", /cannot be read/],
  ["another schema", { schema: "cto/hostile-result/v2" }, "warn", /cannot be read/],
])("doctor says of %s what it is worth", async (_, more, status, says) => {
  const kept = path.join(root, "home/.cto/hostile.json");
  const before = await readFile(kept, "utf8");
  const result = { ...(JSON.parse(before) as object), ...more };
  await writeFile(kept, JSON.stringify(result));
  expect(await checked()).toEqual([expect.objectContaining({ status, says: expect.stringMatching(says) })]);
  await writeFile(kept, before);
});

test("doctor --hostile without a case of that name is a mistake, and nothing is started", async () => {
  const said = await runCto(["doctor", "--hostile", "--only", "no-such-case"], { cwd: root });
  expect(said).toMatchObject({ exit: 2, stderr: expect.stringContaining("no hostile case begins with no-such-case") });
});
