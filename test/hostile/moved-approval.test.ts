import { appendFile, copyFile, readFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { recordApproval } from "../../src/harness/approval/approve.ts";
import { present } from "../../src/harness/approval/present.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { approveBy, POLICY } from "../journeys/ground.ts";
import { gateCodes, isBlocked } from "./support/blocked.ts";
import { approve, ownerOf, type Field } from "./support/field.ts";
import { openFields } from "./support/fields.ts";
import { approveWork, otherPacket } from "./support/other-packet.ts";
import { cto } from "./support/shell.ts";

const { field, close } = openFields();
afterAll(close);

describe("an approval of something else", { timeout: 120_000 }, () => {
  test("approval-wrong-task: the approval of another work item, laid where this one looks for its own, is stale", async () => {
    const one = await field();
    const other = await otherPacket(one, "CTO-WORK-048");
    await approveWork(one, other);
    const recorded = (await one.world.store.leaves(0)).find(({ type }) => type === "approval.recorded");
    if (recorded?.digests === undefined || recorded.approvalId === undefined)
      throw new Error("there is no approval to copy");
    const { approvalId, digests } = recorded;
    const { work } = one.ground;
    await one.world.store.transact(async (ledger) => {
      await ledger.appendLeaf({ type: "work.listed", actor: "author", channel: "cli", work });
      await ledger.appendLeaf({ type: "approval.recorded", actor: "jp", channel: "cli", work, approvalId, digests });
    });
    const blocked = await isBlocked(one, "approval/unknown-challenge", "approval/stale", "approval/not-exact");
    expect(blocked.refusals[1]?.facts).toMatchObject({ moved: expect.stringContaining("work item, packet, contract") });
    expect(await gateCodes(one.world, other)).toEqual([]);
  });

  test.each<[string, (one: Field) => Promise<string>]>([
    ["a key that nobody knows", (one) => newKey(one, "stranger")],
    ["a key of another principal", (one) => newSigner(one, "mallory", 'mallory namespaces="approval@cto-harness"')],
    [
      "a key that the owner has for outcomes only",
      (one) => newSigner(one, "outcome", 'jp namespaces="outcome@cto-harness"'),
    ],
    ["a key of the owner that is revoked", revokedKey],
  ])("approver-name-spoof: the right words signed by %s are not the owner's", async (_, keyOf) => {
    const one = await field();
    ownerOf(one.ground).git("config", "user.name", "jp");
    const key = await keyOf(one);
    const spoofed: World = {
      ...one.world,
      environment: { ...one.world.environment, USER: "jp", LOGNAME: "jp" },
      operator: { ...one.world.operator, user: "jp" },
    };
    const refused = await approveBy(spoofed, one.ground, undefined, key);
    expect(refused).toEqual([key.endsWith("revoked") ? "approval/key-revoked" : "approval/not-the-owner"]);
    await isBlocked({ ...one, world: spoofed }, "approval/absent");
  });

  test("approver-name-spoof: no flag names an approver, and a name without a key is below the minimum", async () => {
    const one = await field();
    expect(await cto(one, ["approve", "CTO-WORK-049", "--approver", "jp"])).toMatchObject({ exit: 2 });
    const shown = await present({ ...one.world, operator: { ...one.world.operator, user: "jp" } }, one.ground.work);
    if (!shown.ok) throw new Error("nothing to approve");
    const bytes = new TextEncoder().encode(shown.value.contract.requiredApproval);
    const refused = await recordApproval(one.world, shown.value, {
      bytes,
      entry: "file",
      key: undefined,
      expiresMs: undefined,
    });
    expect(refused).toMatchObject({
      ok: false,
      refusals: [{ code: "approval/below-minimum", facts: { found: "A0", minimum: "A2" } }],
    });
    await isBlocked(one, "approval/absent");
  });
});

describe("what moves after the approval", { timeout: 120_000 }, () => {
  let one: Field;
  beforeAll(async () => {
    one = await field();
  });

  const isStale = async (moved: string, ...codes: readonly string[]): Promise<void> => {
    const blocked = await isBlocked(one, ...codes);
    const stale = blocked.refusals.find(({ code }) => code === "approval/stale");
    expect(stale?.facts["moved"]).toBe(moved);
    expect(await one.world.store.work(one.ground.work)).toMatchObject({ state: "candidate" });
  };

  test("contract-swap-after-approval: one more allowed path makes it stale, and taking it out again does not revive it (R050)", async () => {
    await approve(one, []);
    await one.ground.edit(one.ground.packet, "- `test_strings.py`\n", "- `test_strings.py`\n- `src/other.py`\n");
    await isStale("packet, contract", "approval/stale");
    await one.ground.edit(one.ground.packet, "- `src/other.py`\n", "");
    await isBlocked(one, "gate/work-not-approved");
  });

  test("contract-swap-after-approval: a word of the task that the contract does not enforce makes it stale too", async () => {
    await approve(one, []);
    await one.ground.edit(one.ground.packet, "and add coverage.", "and add coverage, quickly.");
    await isStale("packet, contract", "approval/stale");
  });

  test("policy-swap: a base forbidden path taken out of policy.yaml makes it stale", async () => {
    await approve(one, []);
    await one.ground.edit(POLICY, "  - deploy/\n", "");
    const codes = await gateCodes(one.world, one.ground.work);
    expect(codes).toEqual(["approval/stale"]);
    await isStale("policy", "approval/stale");
    await one.ground.edit(POLICY, "  - credentials/\n  - infra/", "  - credentials/\n  - deploy/\n  - infra/");
  });

  test("policy-swap: a laxer limit or another signer makes it stale", async () => {
    await approve(one, []);
    await one.ground.edit(POLICY, "deniedAttempts: record", "deniedAttempts: record #");
    await isStale("policy", "approval/stale");
    await approve(one, []);
    await newSigner(one, "second", 'jp namespaces="approval@cto-harness"');
    await isStale("signers", "approval/stale");
  });

  test("head-moved-after-approval: a commit of the owner on the target makes it worth nothing (R050)", async () => {
    await approve(one, []);
    ownerOf(one.ground).git("commit", "-q", "--allow-empty", "-m", "another base");
    await isStale("head", "admission/head-moved", "approval/stale");
  });

  test("head-moved-after-approval: so does other work on the same branch that leaves HEAD where it is", async () => {
    await approve(one, []);
    ownerOf(one.ground).sh("echo 'OTHER = 2' > src/other.py");
    await isBlocked(one, "admission/dirty");
    ownerOf(one.ground).sh("git checkout -q src/other.py");
  });
});

const newKey = async ({ ground }: Field, name: string): Promise<string> => {
  const key = path.join(ground.root, name);
  await makeKey(key, name);
  return key;
};

/** A new key with a line of its own in allowed_signers. */
const newSigner = async (one: Field, name: string, role: string): Promise<string> => {
  const key = await newKey(one, name);
  await appendFile(path.join(one.ground.home, SIGNERS_PATH), `${role} ${await readFile(`${key}.pub`, "utf8")}`);
  return key;
};

async function revokedKey(one: Field): Promise<string> {
  const key = await newSigner(one, "revoked", 'jp namespaces="approval@cto-harness"');
  await copyFile(`${key}.pub`, path.join(one.ground.home, REVOKED_PATH));
  return key;
}
