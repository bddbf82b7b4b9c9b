import path from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { recordApproval } from "../../src/harness/approval/approve.ts";
import { present, type Presented } from "../../src/harness/approval/present.ts";
import { listWork } from "../../src/harness/packet/list-work.ts";
import type { World } from "../../src/harness/world.ts";
import { switchesOf } from "../../src/workflow/gate/switches.ts";
import { ADMISSION, approveBy, openSwitches, POLICY, targetDigest } from "../journeys/ground.ts";
import { gateCodes, gateRefusals, isBlocked } from "./support/blocked.ts";
import { approve, type Field } from "./support/field.ts";
import { openFields } from "./support/fields.ts";
import { cto } from "./support/shell.ts";
import { HOMOGLYPHS, NEAR_MISSES, type Variant } from "./support/words.ts";

const { field, close } = openFields();
afterAll(close);

test("approval-missing: with every switch of the environment set and no approval, nothing starts", async () => {
  const ground = await field();
  const one = await isBlocked(ground, "approval/absent");
  expect(one.report.ending.refusals).toMatchObject([
    { code: "approval/absent", next: "cto approve CTO-WORK-049 --key KEY" },
  ]);
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
