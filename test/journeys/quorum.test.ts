import { execFileSync } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { readApprovals } from "../../src/harness/approval/read-approvals.ts";
import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { verifyFolder } from "../../src/harness/evidence/verify-folder.ts";
import { readAudit } from "../../src/harness/home/read-audit.ts";
import { SIGNERS_PATH } from "../../src/harness/home/read-facts.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import { readRevocationRecord } from "../../src/workflow/approval/revocation-record.ts";
import { digestOf } from "../../src/workflow/digest.ts";
import { readOutcomeRecord } from "../../src/workflow/outcome/outcome-record.ts";
import { readTrustRoot } from "../../src/workflow/trust-root.ts";
import { runCto, type Said } from "../cli/cli.ts";
import { admit, approveBy, endOf, makeGround, POLICY, runOnce, type Ground } from "./ground.ts";

let ground: Ground;
let world: World;
let ana: string;
let bob: string;

beforeAll(async () => {
  ground = await makeGround();
  [ana, bob] = [path.join(ground.root, "ana"), path.join(ground.root, "bob")];
  await makeKey(ana, "ana");
  await makeKey(bob, "bob");
  const lines = [];
  for (const [name, key] of Object.entries({ ana, bob })) {
    const [type, base64] = (await readFile(`${key}.pub`, "utf8")).split(" ");
    lines.push(`${name} namespaces="approval@cto-harness,revocation@cto-harness" ${type} ${base64}\n`);
  }
  await appendFile(path.join(ground.home, SIGNERS_PATH), lines.join(""));
  const quorum = "approval:\n  quorum: 2\n  eligible: [jp, ana, bob]\napprovalExpiryMs:";
  await ground.edit(POLICY, "approvalExpiryMs:", quorum);
  world = await ground.open();
  await admit(world, ground);
});
afterAll(async () => {
  await world.store.close();
  await ground.close();
});

const types = async (): Promise<readonly string[]> => (await world.store.leaves(0)).map(({ type }) => type);
const state = async (): Promise<string> => {
  const row = await world.store.work(ground.work);
  return row === "absent" ? "absent" : row.state;
};
const cto = (line: string): Promise<Said> => runCto(line.split(" "), { home: ground.home, cwd: ground.root });

test("the packet's author does not count where others could approve", async () => {
  expect(await approveBy(world, ground)).toEqual(["approval/by-the-author", "approval/quorum-not-met"]);
  expect(await state()).toBe("candidate");
});

test("one of two approves nothing: it is kept, shown as waiting, and no run starts by it", async () => {
  expect(await approveBy(world, ground, undefined, ana)).toEqual([]);
  expect((await types()).slice(-2)).toEqual(["approval.challenged", "approval.joined"]);
  expect([await state(), (await readApprovals(world))[0]]).toMatchObject(["candidate", { state: "waits", by: "ana" }]);
  expect(endOf(await runOnce(world, ground))).toContain("approval/absent");
});

test("whoever has signed is told so, and a new round is not begun by a slip", async () => {
  const asked = (await types()).filter((type) => type === "approval.challenged").length;
  expect(await approveBy(world, ground, undefined, ana)).toEqual(["approval/already-signed"]);
  expect((await types()).filter((type) => type === "approval.challenged")).toHaveLength(asked);
});

test("R051 a round that waits can be taken back by a signature that ssh-keygen accepts, and ends with it", async () => {
  const withdrawn = await withdraw(world, ground.work, { reason: "second thoughts", key: bob });
  expect(withdrawn).toMatchObject({ ok: true, value: { signedBy: "bob" } });
  const leaf = (await world.store.leaves(0)).findLast(({ type }) => type === "approval.withdrawn");
  expect(leaf).toMatchObject({ actor: "bob", detail: { reason: "second thoughts", waited: true } });
  const [record, signature] = await Promise.all(
    ["record", "signature"].map(async (name) => {
      const bytes = await world.store.document(leaf?.digests?.[name] ?? digestOf(""));
      if (bytes === "absent") throw new Error(`the ledger keeps no ${name}`);
      return bytes;
    }),
  );
  const [message = new Uint8Array(), sig = new Uint8Array()] = [record, signature];
  expect(readRevocationRecord(message)).toMatchObject({ ok: true, value: { record: { reason: "second thoughts" } } });
  const file = path.join(ground.root, "revocation.sig");
  await writeFile(file, sig);
  const args = ["-Y", "verify", "-f", path.join(ground.home, SIGNERS_PATH), "-I", "bob", "-s", file];
  execFileSync("/usr/bin/ssh-keygen", [...args, "-n", "revocation@cto-harness"], { input: message, stdio: "pipe" });
  // R137 Whoever takes back seals the history before it, and so did the one who had joined.
  const trust = readTrustRoot(await world.home.read(SIGNERS_PATH), "absent");
  if (!trust.ok) throw new Error("the home has a trust root");
  const audit = await readAudit(world, trust.value);
  expect(audit).toMatchObject({
    verdict: "PASS",
    seals: 2,
    sealedBy: { what: `the withdrawal of ${leaf?.approvalId}` },
  });
  expect(await state()).toBe("candidate");
});

test("R051 a withdrawal signed by somebody without that role takes nothing back, unsigned it does", async () => {
  expect(await approveBy(world, ground, undefined, ana)).toEqual([]);
  const stranger = path.join(ground.root, "stranger");
  await makeKey(stranger, "stranger");
  expect(await withdraw(world, ground.work, { reason: "no", key: stranger })).toMatchObject({
    ok: false,
    refusals: [{ code: "approval/revoker-not-eligible" }],
  });
  const said = await cto(`approval withdraw ${ground.work} --reason enough`);
  expect(said).toMatchObject({ exit: 0, stdout: expect.stringContaining("unsigned") });
});

test("two of three approve, the gate counts them, and the bundle of the run proves both", async () => {
  expect(await approveBy(world, ground, undefined, ana)).toEqual([]);
  expect(await approveBy(world, ground, undefined, bob)).toEqual([]);
  expect((await types()).slice(-2)).toEqual(["approval.joined", "approval.recorded"]);
  expect(await state()).toBe("approved");
  const ended = await runOnce(world, ground);
  expect(endOf(ended)).toEqual(["awaiting_outcome"]);
  const run = ended.ok ? ended.value.run : undefined;
  if (run === undefined) throw new Error("it ran");
  const verdict = await verifyFolder(world, { run }, await world.home.read(SIGNERS_PATH));
  expect(verdict.checks.filter((check) => check.verdict !== "PASS")).toEqual([]);
  expect(verdict.checks.filter(({ id }) => id === "approval")).toHaveLength(2);
  expect(verdict.checks.find(({ id }) => id === "quorum")?.says).toBe("2 of 2: ana, bob");
  const bundle = await world.archive.open({ run });
  const names = bundle === "absent" ? [] : [...bundle.files.keys()].filter((name) => name.includes("approval."));
  expect(names).toEqual([
    "approval/approval.ana.json",
    "approval/approval.ana.json.sig",
    "approval/approval.bob.json",
    "approval/approval.bob.json.sig",
  ]);
  expect((await cto(`show ${run}`)).stdout).toContain("2 of 2");
});

test("R119 the owner decides, whoever of the quorum stands first, and ssh-keygen accepts his signature", async () => {
  const row = (await world.store.runs({})).find(({ ending }) => ending === "awaiting_outcome");
  if (row === undefined) throw new Error("it ran");
  const order = { run: row.run, outcome: "rejected", reason: "not now", acknowledged: [], words: undefined } as const;
  expect(await decideOutcome(world, { ...order, key: ana })).toMatchObject({
    ok: false,
    refusals: [{ code: "outcome/not-the-owner", facts: { owner: "jp" } }],
  });
  expect(await decideOutcome(world, { ...order, key: ground.key })).toMatchObject({ ok: true });
  const leaf = (await world.store.leaves(0)).findLast(({ type }) => type === "outcome.rejected");
  const [record, signature] = await Promise.all(
    ["record", "signature"].map((name) => world.store.document(leaf?.digests?.[name] ?? digestOf(""))),
  );
  if (record === undefined || signature === undefined || record === "absent" || signature === "absent")
    throw new Error("the ledger keeps both");
  const file = path.join(ground.root, "outcome.sig");
  await writeFile(file, signature);
  const args = ["-Y", "verify", "-f", path.join(ground.home, SIGNERS_PATH), "-I", "jp", "-s", file];
  execFileSync("/usr/bin/ssh-keygen", [...args, "-n", "outcome@cto-harness"], { input: record, stdio: "pipe" });
  const bundle = await world.archive.open({ run: row.run });
  const sums = bundle === "absent" ? undefined : bundle.files.get("SHA256SUMS");
  expect(readOutcomeRecord(record)).toMatchObject({ ok: true, value: { sums: digestOf(sums ?? "") } });
});
