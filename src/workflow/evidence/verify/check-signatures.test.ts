import { afterAll, expect, test } from "vitest";

import { bytesOf, failures, sampleBundle, sealedOf, utf8 } from "../../../../test/fixtures/sample-bundle.ts";
import { signBy } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

test("without trust from outside a whole bundle is not proven, and nothing in it is called false", async () => {
  const verdict = await verifyBundle(bundle.sealed(), [], "none", nodeVerifyTools);
  expect(verdict.verdict).toBe("NOT-PROVEN");
  expect(verdict.checks.filter((check) => check.verdict === "NOT-PROVEN").map(({ id }) => id)).toEqual([
    "trust",
    "approval",
    "admission",
    "run-statement",
    "checkpoints",
    "ledger",
    "seal",
    "tests-statement",
    "verdict-statement",
  ]);
});

const STRANGER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk";

test.each([
  ["names another key", () => `jp namespaces="approval@cto-harness,admission@cto-harness" ${STRANGER}\n`],
  [
    "gives the key to somebody else",
    () => `ana namespaces="approval@cto-harness,admission@cto-harness" ${bundle.world.key.publicKey}\n`,
  ],
  ["gives the key another role", () => `jp namespaces="outcome@cto-harness" ${bundle.world.key.publicKey}\n`],
  ["gives the key no role list", () => `jp ${bundle.world.key.publicKey}\n`],
  [
    "ends before the approval",
    () =>
      `jp namespaces="approval@cto-harness,admission@cto-harness",valid-before="20260501Z" ${bundle.world.key.publicKey}\n`,
  ],
  [
    "begins after the approval",
    () =>
      `jp namespaces="approval@cto-harness,admission@cto-harness",valid-after="20260701Z" ${bundle.world.key.publicKey}\n`,
  ],
  ["is not whole", () => "jp namespaces=\n"],
  ["names nobody", () => "# nobody\n"],
])("a trust file that %s is never a pass", async (_, trust) => {
  const verdict = await verifyBundle(bundle.sealed(), [], { allowedSigners: utf8(trust()) }, nodeVerifyTools);
  expect(verdict.verdict).not.toBe("PASS");
});

test("a signature for one role is worth nothing for another", async () => {
  const wrong = signBy(bundle.world.key, bytesOf(bundle.sealed(), "approval/approval.jp.json"), "outcome@cto-harness");
  const verdict = await bundle.verify(
    sealedOf(bundle.world.record, new Map(bundle.world.given).set("approval/approval.jp.json.sig", wrong)),
  );
  expect(verdict.checks[0]).toMatchObject({ verdict: "FAIL" });
  expect(failures(verdict).join("\n")).toContain("it is for another role than approval@cto-harness");
});

test("an approval that says A2 without its signature fails", async () => {
  const given = new Map(bundle.world.given);
  given.delete("approval/approval.jp.json.sig");
  expect(failures(await bundle.verify(sealedOf(bundle.world.record, given))).join("\n")).toContain("it is not signed");
});
