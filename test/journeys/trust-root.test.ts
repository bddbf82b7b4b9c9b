import { execFileSync } from "node:child_process";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { verifyBundle } from "../../src/workflow/evidence/verify/verify.ts";
import { jsonOf, runCto, type Said } from "../cli/cli.ts";
import { admit, approveBy, endOf, makeGround, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;

beforeAll(async () => {
  ground = await makeGround();
  world = await ground.open();
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

const cto = (line: string): Promise<Said> => runCto(line.split(" "), { home: ground.home, cwd: ground.root });
const RECORD = ".sot/authority/trust-root.json";
const doctor = async (): Promise<string> =>
  (await cto("doctor")).stdout.split("\n").find((line) => line.includes("trust-root")) ?? "";

test("a key without the role signs no trust root", async () => {
  const stranger = path.join(ground.root, "stranger");
  await makeKey(stranger, "stranger");
  expect(await cto(`keys trust --key ${stranger}`)).toMatchObject({ exit: 3, stdout: "" });
  expect(await world.home.read(RECORD)).toBe("absent");
});

test("the owner signs the trust root, ssh-keygen accepts it, and doctor says by whom", async () => {
  expect(await doctor()).toContain("not signed");
  expect(await cto(`keys trust --key ${ground.key}`)).toMatchObject({ exit: 0 });
  const file = path.join(ground.home, RECORD);
  const args = ["-Y", "verify", "-f", path.join(ground.home, SIGNERS_PATH), "-I", "jp", "-s", `${file}.sig`];
  execFileSync("/usr/bin/ssh-keygen", [...args, "-n", "trust@cto-harness"], {
    input: await readFile(file),
    stdio: "pipe",
  });
  expect(await doctor()).toContain("signed by jp");
  const audit = jsonOf(await cto("audit verify --json"));
  expect(audit).toMatchObject({
    verdict: "PASS",
    humanSeals: 1,
    sealedBy: { what: expect.stringMatching(/^the trust root signed at /) },
  });
});

test("a bundle carries the signed trust root, and one that speaks of other files fails", async () => {
  await admit(world, ground);
  expect(await approveBy(world, ground)).toEqual([]);
  const ended = await runOnce(world, ground);
  expect(endOf(ended)).toEqual(["awaiting_outcome"]);
  const run = ended.ok ? ended.value.run : undefined;
  const bundle = run === undefined ? "absent" : await world.archive.open({ run });
  if (run === undefined || bundle === "absent") throw new Error("it was sealed");
  const signers = await world.home.read(SIGNERS_PATH);
  const verdict = await verifyFolder(world, { run }, signers);
  expect(verdict.checks.filter((check) => check.verdict !== "PASS")).toEqual([]);
  expect(verdict.checks.find(({ id }) => id === "trust-record")?.says).toContain("signed by jp");

  const name = "approval/trust-root.json";
  const record = new TextDecoder().decode(bundle.files.get(name));
  for (const [bent, says] of [
    [
      record.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${"0".repeat(64)}"`),
      "the approvals rest on other signers",
    ],
    [record.replace('"owner": "jp"', '"owner": "ana"'), "it does not fit these bytes and its key"],
    ["{}", "it does not read as a trust record"],
  ] as const) {
    const files = new Map(bundle.files).set(name, new TextEncoder().encode(bent));
    const trust = signers === "absent" ? "none" : { allowedSigners: signers.bytes };
    const { checks } = await verifyBundle(files, [], trust, world.verifyTools);
    expect(checks.find(({ id }) => id === "trust-record")).toMatchObject({ verdict: "FAIL", says });
  }
});

test("a key that the reader revokes makes the evidence fail, and the home's own list is the default for its own runs", async () => {
  const row = (await world.store.runs({})).find(({ ending }) => ending === "awaiting_outcome");
  const run = row?.run ?? "none";
  const lost = `${(await readFile(`${ground.key}.pub`, "utf8")).trim()}\n`;
  const file = path.join(ground.root, "revoked");
  await writeFile(file, lost);
  expect(await cto(`verify ${run}`)).toMatchObject({ exit: 0 });
  expect(await cto(`verify ${run} --revoked ${file}`)).toMatchObject({
    exit: 5,
    stdout: expect.stringContaining("the reader's list revokes"),
  });
  const own = path.join(ground.home, REVOKED_PATH);
  await writeFile(own, lost);
  expect(await cto(`verify ${run}`)).toMatchObject({ exit: 5 });
  await rm(own);
});

test("a trust root that was changed after it was signed is told by doctor", async () => {
  await appendFile(path.join(ground.home, SIGNERS_PATH), "# somebody was here\n");
  expect(await doctor()).toContain("allowed_signers was changed since it was signed");
  const first = await readFile(path.join(ground.home, RECORD), "utf8");
  expect(await cto(`keys trust --key ${ground.key}`)).toMatchObject({ exit: 0 });
  expect(first).toContain('"previous": null');
  expect(await readFile(path.join(ground.home, RECORD), "utf8")).not.toContain('"previous": null');
});
