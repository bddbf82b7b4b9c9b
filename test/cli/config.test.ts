import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { isPlainValue, maySet, settingsOf } from "../../src/workflow/policy-settings.ts";
import { admit, approveBy, makeGround, POLICY, type Ground } from "../journeys/ground.ts";
import { jsonOf, lookInto, readText, refusalCodes, runCto } from "./cli.ts";

let ground: Ground;
beforeAll(async () => {
  ground = await makeGround();
});
afterAll(() => ground.close());

const cto = (...argv: readonly string[]): ReturnType<typeof runCto> => runCto(["--home", ground.home, ...argv]);

test("a key is told alone by its value, a part by all that stands below it, and where by its line and column", async () => {
  expect(await cto("config", "get", "limits.wallMs")).toEqual({ exit: 0, stdout: "1800000\n", stderr: "" });
  expect((await cto("config", "get", "riskClasses")).stdout).toBe(
    "riskClasses.low_risk_noncritical.minimumAssurance    A2\nriskClasses.low_risk_noncritical.minimumConfinement  B\n",
  );
  const { stdout } = await cto("config", "where", "limits.wallMs");
  const [, place = ""] = stdout.trim().split(/\s{2,}/);
  const [file = "", line = "", column = ""] = place.split(":");
  const text = (await readText(ground.home, file)).split("\n")[Number(line) - 1] ?? "";
  expect(text.slice(Number(column) - 1)).toMatch(/^1800000 /);
  expect(stdout).toContain("cto config set");
  expect((await cto("config", "where", "riskClasses")).stdout).not.toContain("cto config set");
});

test("a variable is told by what the environment has, and an unset one as not set", async () => {
  const given = { home: ground.home, env: { CTO_HARNESS_ALLOW_CASE: "1" } };
  expect((await runCto(["config", "get", "CTO_HARNESS_ALLOW_CASE"], given)).stdout).toBe("1\n");
  expect((await cto("config", "get", "CTO_HARNESS_ALLOW_CASE")).stdout).toBe("not set\n");
});

test("services.json is told by its members, by their lines", async () => {
  await writeFile(
    path.join(ground.home, ".cto/services.json"),
    '{\n  "schemaVersion": 1,\n  "archive": {\n    "kind": "s3",\n    "endpoint": "https://s3.example",\n    "bucket": "evidence"\n  }\n}\n',
  );
  const said = await cto("config", "where", "services.archive.bucket");
  expect(said.stdout).toContain(".cto/services.json:6:");
  expect((await cto("config", "get", "services.archive.bucket")).stdout).toBe("evidence\n");
  await writeFile(path.join(ground.home, ".cto/services.json"), '{"schemaVersion": 1}\n');
});

test.each([
  [["config", "get", "limits.walMs"], "limits.wallMs"],
  [["config", "where", "denidAttempts"], "deniedAttempts"],
  [["config", "set", "limits.walMs", "5"], "limits.wallMs"],
])("%j is a mistake, with the nearest key", async (argv, meant) => {
  expect(await cto(...argv)).toMatchObject({
    exit: 2,
    stdout: "",
    stderr: expect.stringContaining(`did you mean ${meant}`),
  });
});

test.each([
  "schema",
  "riskClasses.low_risk_noncritical.minimumAssurance",
  "baseForbiddenPaths",
  "secretPaths",
  "approval.quorum",
  "approval.eligible",
  "orders.execute",
  "backends.scripted.steps",
  "relay.upstreams.x.origin",
  "egress.allowedHosts",
  "redaction.variables",
  "toolchains",
  "coreRoots",
  "uidBase",
  "services.store.url",
  "services.archive.bucket",
  "allowed_signers",
  "admission.status",
  "approvals",
  "CTO_HARNESS_ALLOW_CASE",
  "core_promotion_status",
  "limits.wallMs: 1\nschema",
  "__proto__",
  "",
])("no command sets %j, with --yes or without; nothing is written, and a next step is named", async (key) => {
  const before = await readText(ground.home, POLICY);
  for (const flags of [[], ["--yes"]]) {
    const said = await cto("config", "set", ...flags, "--", key, "1");
    expect(said).toMatchObject({ exit: 3, stdout: "" });
    expect(refusalCodes(said)).toEqual(["config/not-by-command"]);
    expect(said.stderr).toMatch(/\n(?:next|more) {6}.*\bcto [a-z]+/);
  }
  expect(await readText(ground.home, POLICY)).toBe(before);
});

test.each([
  "",
  "1 # 2",
  "1\nschema: x",
  "[1]",
  "{a: 1}",
  "&a 1",
  "*a",
  "!!int 1",
  "'1'",
  "1e3",
  "0x10",
  "01",
  "-1",
  "1.5",
  "٣",
  "Void",
])("%j is no value that a command takes", async (value) => {
  expect(isPlainValue(value)).toBe(false);
  const said = await cto("config", "set", "--yes", "--", "limits.wallMs", value);
  expect(said).toMatchObject({ exit: 2, stdout: "" });
});

test.each([
  ["limits.wallMs", "0"],
  ["limits.wallMs", "999999999999"],
  ["limits.wallMs", "true"],
  ["deniedAttempts", "ignore"],
  ["requirePriorStage", "1"],
])("%s may not be %s: the file is read as the gate reads it before it is written", async (key, value) => {
  const before = await readText(ground.home, POLICY);
  const said = await cto("config", "set", key, value, "--yes");
  expect(said).toMatchObject({ exit: 3, stdout: "" });
  expect(refusalCodes(said)).toEqual(["gate/policy-unreadable"]);
  expect(await readText(ground.home, POLICY)).toBe(before);
});

test("what it voids is said before anything is written; comments and all else stay byte for byte; the ledger has it", async () => {
  await lookInto(ground.home, async (world) => {
    await admit(world, ground);
    expect(await approveBy(world, ground)).toEqual([]);
  });
  const before = await readText(ground.home, POLICY);
  const asked = await cto("config", "set", "limits.wallMs", "3600000");
  expect(asked).toMatchObject({ exit: 0, stderr: "" });
  expect(asked.stdout).toMatch(
    /^change {4}limits\.wallMs: 1800000 -> 3600000 .*\nvoids {5}ap-\d+: .*\nnext {6}cto config set limits\.wallMs 3600000 --yes\n$/,
  );
  expect(await readText(ground.home, POLICY)).toBe(before);

  const done = await cto("config", "set", "limits.wallMs", "3600000", "--yes");
  expect(done).toMatchObject({
    exit: 0,
    stdout: expect.stringContaining("written"),
    stderr: expect.stringMatching(/voids {5}ap-\d+/),
  });
  expect(await readText(ground.home, POLICY)).toBe(before.replace("wallMs: 1800000 #", "wallMs: 3600000 #"));
  expect((await cto("config", "get", "limits.wallMs")).stdout).toBe("3600000\n");
  const gate = await runCto(["gate", ground.work], { home: ground.home });
  expect(gate.exit).toBe(3);
  expect(gate.stdout + gate.stderr).toContain("approval/stale");
  const leaf = await lookInto(ground.home, async (world) => (await world.store.leaves(0)).at(-1));
  expect(leaf).toMatchObject({ type: "authority.changed", detail: { what: "policy.yaml: limits.wallMs is 3600000" } });

  const again = jsonOf(await cto("config", "set", "limits.wallMs", "3600000", "--yes", "--json"));
  expect(again).toMatchObject({ ok: true, written: false, before: 3_600_000, after: 3_600_000 });
});

test("only limits and the answer to a denied attempt may be set", async () => {
  const text = await readFile(path.join(ground.home, POLICY), "utf8");
  const settable = settingsOf(text).flatMap(({ key }) => (maySet(key) ? [key] : []));
  expect(settable.filter((key) => !key.startsWith("limits."))).toEqual([
    "deniedAttempts",
    "requirePriorStage",
    "approvalExpiryMs",
    "relay.modelRequestsMax",
    "relay.modelTokensMax",
    "relay.modelBytesMax",
    "relay.cassette",
  ]);
});
