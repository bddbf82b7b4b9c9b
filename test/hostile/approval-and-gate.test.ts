import { appendFile, copyFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { makeKey } from "../../src/adapters/keys/make-key.ts";
import { recordApproval } from "../../src/harness/approve.ts";
import { listWork } from "../../src/harness/list-work.ts";
import { present, type Presented } from "../../src/harness/present.ts";
import { REVOKED_PATH, SIGNERS_PATH } from "../../src/harness/read-facts.ts";
import type { World } from "../../src/harness/world.ts";
import { switchesOf } from "../../src/workflow/gate/switches.ts";
import { parseRunId } from "../../src/workflow/ids.ts";
import { handClock } from "../fakes/clock.ts";
import { ADMISSION, approveBy, openSwitches, POLICY, targetDigest } from "../journeys/ground.ts";
import { gateCodes, gateRefusals, isBlocked } from "./support/blocked.ts";
import { approve, openField, ownerOf, runTrial, type Field } from "./support/field.ts";
import { approveWork, otherPacket } from "./support/other-packet.ts";
import { cto } from "./support/shell.ts";
import { HOMOGLYPHS, NEAR_MISSES, type Variant } from "./support/words.ts";

const firstRun = parseRunId("R-049-01");
const fields: Field[] = [];
const field = async (...order: Parameters<typeof openField>): Promise<Field> => {
  const opened = await openField(...order);
  fields.push(opened);
  return opened;
};
afterAll(() => Promise.all(fields.map((one) => one.close())));

test("approval-missing: with every switch of the environment set and no approval, nothing starts", async () => {
  const ground = await field();
  const one = await isBlocked(ground, "approval/absent");
  expect(one.report.ending.refusals).toMatchObject([{ code: "approval/absent", next: "cto approve CTO-WORK-049" }]);
  const told = await cto(ground, ["run", "CTO-WORK-049"], openSwitches("scripted"));
  expect(told).toMatchObject({ exit: 3, err: expect.stringContaining("approval/absent") });
});

test("approval-missing: neither the environment without approval nor approval without the environment opens the gate (R057)", async () => {
  const ground = await field();
  const { work } = ground.ground;
  const closed: Field = { ...ground, world: { ...ground.world, environment: {} } };
  await isBlocked(closed, "approval/absent", "gate/env-not-set");
  expect(await gateCodes(ground.world, work)).toEqual(["approval/absent"]);
  await approve(ground, []);
  await isBlocked(closed, "gate/env-not-set");
  expect(await gateCodes(ground.world, work)).toEqual([]);
});

describe("words that are nearly the sentence", () => {
  let ground: Field;
  let shown: Presented;
  beforeAll(async () => {
    ground = await field();
    await listWork(ground.world, ground.ground.work);
    const answer = await present(ground.world, ground.ground.work);
    if (!answer.ok) throw new Error("nothing to approve");
    shown = answer.value;
  });

  const isRefused = async ({ words, at, got }: Variant): Promise<void> => {
    const { world } = ground;
    const sentence = shown.contract.requiredApproval;
    const state = async (): Promise<unknown> => [
      await world.store.work(ground.ground.work),
      await world.host.fingerprint(path.join(ground.ground.home, ".sot")),
      await targetDigest(world, ground.ground),
    ];
    const before = await state();
    const leaves = await world.store.leaves(0);
    const bytes = new TextEncoder().encode(words(sentence));
    const refused = await recordApproval(world, shown, {
      bytes,
      entry: "file",
      key: ground.ground.key,
      expiresMs: undefined,
    });
    expect(refused).toMatchObject({
      ok: false,
      refusals: [{ code: "approval/not-exact", facts: { at: at(sentence), got } }],
    });
    expect(await state()).toEqual(before);
    const [leaf, ...more] = await world.store.leaves(leaves.length);
    expect(leaf).toMatchObject({ type: "approval.refused", refusals: ["approval/not-exact"] });
    expect(more).toEqual([]);
    expect(Object.keys(leaf?.digests ?? {})).toEqual(["received"]);
  };

  test.each(NEAR_MISSES)("approval-near-miss: $name is refused with its place and code point (R044)", isRefused);
  test.each(HOMOGLYPHS)("approval-homoglyph: $name is refused with its place and code point", isRefused);

  test("approval-near-miss: nothing that was said is kept, and after all of it there is still no approval", async () => {
    const words = `${shown.contract.requiredApproval} ${ground.secret}`;
    expect(await approveBy(ground.world, ground.ground, words)).toEqual(["approval/not-exact"]);
    await isBlocked(ground, "approval/absent");
  });
});

describe("an approval that was spent", () => {
  let one: Field;
  let yesterday: string;
  const inHome = (name: string): string => path.join(one.ground.home, ".cto", name);
  const reopen = async (change: () => Promise<unknown>): Promise<void> => {
    await one.world.store.close();
    await change();
    one = { ...one, world: await one.ground.open() };
  };
  beforeAll(async () => {
    one = await openField();
    await approve(one, []);
    yesterday = path.join(one.ground.root, "ledger-of-yesterday.db");
    await reopen(() => copyFile(inHome("ledger.db"), yesterday));
    expect((await runTrial(one)).codes).toEqual(["voided", "policy/no-change"]);
  });
  afterAll(async () => {
    await one.world.store.close();
    await one.ground.close();
  });

  test("approval-replay: it starts no second run (R049)", async () => {
    const again = await isBlocked(one, "approval/consumed");
    expect(again.refusals).toMatchObject([{ facts: { run: "R-049-01" } }]);
  });

  test("approval-replay: its record and signature, recorded once more, start none", async () => {
    const recorded = (await one.world.store.leaves(0)).find(({ type }) => type === "approval.recorded");
    if (recorded === undefined) throw new Error("there is no approval to copy");
    const { type, actor, channel, work, approvalId, digests, detail } = recorded;
    await one.world.store.transact((ledger) =>
      ledger.appendLeaf({
        type,
        actor,
        channel,
        ...(work && { work }),
        ...(approvalId && { approvalId }),
        ...(digests && { digests }),
        ...(detail && { detail }),
      }),
    );
    await isBlocked(one, "approval/consumed");
  });

  test("approval-replay: where the file of its lock is removed, the ledger still knows", async () => {
    const files = await readdir(inHome("consumed"));
    expect(files).toHaveLength(1);
    await rm(inHome(`consumed/${files[0]}`));
    await isBlocked(one, "approval/consumed");
    await writeFile(inHome(`consumed/${files[0]}`), "R-049-01\n");
  });

  test("approval-replay: where the ledger of before is put back, the file still knows, and no id is used twice", async () => {
    if (firstRun === undefined) throw new Error("a fixture is wrong");
    const sealed = await one.world.archive.open({ run: firstRun });
    await reopen(async () => {
      for (const name of ["ledger.db-wal", "ledger.db-shm"]) await rm(inHome(name), { force: true });
      await copyFile(yesterday, inHome("ledger.db"));
    });
    const again = await isBlocked(one, "approval/consumed");
    expect(again.refusals).toMatchObject([{ facts: { run: "R-049-01" } }]);
    expect(again.result.run).not.toBe(firstRun);
    expect(await one.world.archive.open({ run: firstRun })).toEqual(sealed);
  });
});

describe("an approval and time", () => {
  test("approval-expired: it works until the last moment and one second later no more, whatever is done to the clock (R048)", async () => {
    const opened = await field({ policy: [["approvalExpiryMs: 86400000", "approvalExpiryMs: 3600000"]] });
    const clock = handClock(new Date().toISOString());
    const one: Field = { ...opened, world: { ...opened.world, clock } };
    const { work } = one.ground;
    await approve(one, []);
    const approvedAt = clock.now().epochMs;
    clock.pass(3_600_000 - 1);
    expect(await gateCodes(one.world, work)).toEqual([]);
    clock.setWall(approvedAt + 60_000);
    expect(await gateCodes(one.world, work)).toEqual(["gate/clock-disagrees"]);
    clock.setWall(approvedAt - 1);
    expect(await gateCodes(one.world, work)).toEqual(["gate/clock-disagrees"]);
    clock.setWall(approvedAt + 3_600_000 - 1);
    clock.pass(1001);
    await isBlocked(one, "approval/expired");
    expect(await one.world.store.work(work)).toMatchObject({ state: "candidate" });
    clock.setWall(approvedAt + 60_000);
    clock.reboot();
    await isBlocked(one, "gate/work-not-approved");
  });
});

describe("an approval of something else", () => {
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
    const blocked = await isBlocked(one, "approval/stale", "approval/not-exact");
    expect(blocked.refusals[0]?.facts).toMatchObject({ moved: expect.stringContaining("work item, packet, contract") });
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

describe("what moves after the approval", () => {
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

describe("the switches of the environment", () => {
  let one: Field;
  const { allow, stage, admissionFile, outcome } = switchesOf("scripted");
  const open = openSwitches("scripted");
  beforeAll(async () => {
    one = await field();
    await approve(one, []);
  });
  const under = (environment: Readonly<Record<string, string>>): World => ({ ...one.world, environment });

  const SUBSETS = [0, 1, 2, 3, 4, 5, 6].map((bits) =>
    [allow, stage, admissionFile].filter((_, at) => (bits & (1 << at)) !== 0),
  );
  test.each(SUBSETS.map((set) => ({ set })))(
    "gate-env-partial: with only $set, every other variable is named (R056)",
    async ({ set }) => {
      const environment = Object.fromEntries(Object.entries(open).filter(([name]) => set.includes(name)));
      const refusals = await gateRefusals(under(environment), one.ground.work);
      expect(refusals.map(({ code }) => code)).toEqual(refusals.map(() => "gate/env-not-set"));
      expect(refusals.map(({ facts }) => facts["variable"])).toEqual(
        Object.keys(open).filter((name) => !set.includes(name)),
      );
    },
  );

  test.each([
    ...["0", "true", "TRUE", "yes", "on", "01", " 1", "1 ", "1\n", "+1", "1.0", "\uFF11", "\u0661", ""].map(
      (value) => [allow, value] as const,
    ),
    ...["4", "0", "05", " 5", "5 ", "5.0", "0x5", "five", "\uFF15", "\u0665", "6", ""].map(
      (value) => [stage, value] as const,
    ),
    [admissionFile, ""] as const,
  ])("gate-env-lookalike: %s=%j is not set (R056)", async (variable, value) => {
    expect(await gateRefusals(under({ ...open, [variable]: value }), one.ground.work)).toMatchObject([
      { code: "gate/env-not-set", facts: { variable } },
    ]);
  });

  test.each([
    "cto_harness_allow_scripted",
    "CTO_HARNESS_ALLOW_CASE",
    "CTO_HARNESS_ALLOW_SCRIPTED ",
    "CTO-HARNESS-ALLOW-SCRIPTED",
  ])("gate-env-lookalike: %j is another variable", async (name) => {
    const environment = { [stage]: "5", [admissionFile]: ADMISSION, [name]: "1" };
    expect(await gateRefusals(under(environment), one.ground.work)).toMatchObject([
      { code: "gate/env-not-set", facts: { variable: allow } },
    ]);
  });

  test.each([
    ["another admission", ".sot/03-PROTOCOLS/CTO-OTHER-TARGET-ADMISSION.json"],
    ["a file outside the home", "/etc/passwd"],
    ["a way out of the home and back", `../${"x/".repeat(3)}../../../home/${ADMISSION}.sig`],
    ["the policy", POLICY],
    ["a folder", ".sot"],
  ])("gate-env-lookalike: the admission file variable that leads to %s is refused (R043)", async (_, value) => {
    expect(await gateCodes(under({ ...open, [admissionFile]: value }), one.ground.work)).toEqual([
      "gate/admission-file-differs",
    ]);
  });

  test.each(["accepted", "rejected", "1", ""])(
    "outcome-preset: an outcome of %j before the run is no judgement (R056)",
    async (value) => {
      expect(await gateCodes(under({ ...open, [outcome]: value }), one.ground.work)).toEqual(["gate/outcome-preset"]);
    },
  );

  test("gate-env-partial, gate-env-lookalike, outcome-preset: the run is blocked as the gate says, and keeps its approval", async () => {
    const values = { [allow]: "true", [stage]: "4", [outcome]: "accepted" };
    const blocked = await isBlocked({ ...one, world: under(values) }, "gate/env-not-set", "gate/outcome-preset");
    expect(blocked.refusals.map(({ facts }) => facts["variable"])).toEqual([allow, stage, admissionFile, outcome]);
    expect(await gateCodes(one.world, one.ground.work)).toEqual([]);
    expect(await cto(one, ["gate", "CTO-WORK-049"], values)).toMatchObject({ exit: 3 });
    expect(await cto(one, ["gate", "CTO-WORK-049"], open)).toMatchObject({ exit: 0 });
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
