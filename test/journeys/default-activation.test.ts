import { expect, test } from "vitest";

import { readReport } from "../../src/harness/evidence/read-report.ts";
import type { World } from "../../src/harness/world.ts";
import { runId } from "../../src/workflow/ids.ts";
import { runCto } from "../cli/cli.ts";
import { commitsOf, expectEvidence, expectNothing, factsOf, withApproved, type Approved } from "./ended.ts";
import { endOf, openSwitches, POLICY, runOnce, targetDigest, type Ground } from "./ground.ts";

test("R004 runtime.defaultActivation is read before and after a run, and both readings are false", async () => {
  await withApproved(async (approved) => {
    expect(endOf(await runOnce(approved.world, approved.ground))).toEqual(["awaiting_outcome"]);
    expect(await readingsOf(approved, "awaiting_outcome")).toEqual({ before: false, after: false });
    const told = (await factsOf(approved.world, runId(approved.ground.work, 1))).filter(
      ({ data }) => "runtimeDefaultActivation" in data,
    );
    expect(told.map(({ type, data }) => [type, data["runtimeDefaultActivation"]])).toEqual([
      ["gate.decided", false],
      ["run.finished", false],
    ]);
  });
});

/** Anything but false: true, and what cannot be read. */
const NOT_FALSE: readonly (readonly [what: string, text: string])[] = [
  ["true", "true"],
  ["no truth value", '"no"'],
  ["no YAML", "["],
];

test.each(NOT_FALSE)(
  "R004 R061 with a default activation that is %s nothing starts, and the evidence says why",
  async (_, value) => {
    await withApproved(async (approved) => {
      const { ground, world, before } = approved;
      await activate(ground, value);
      const ended = endOf(await runOnce(world, ground));
      expect(ended[0]).toBe("blocked");
      expect(ended).toContain("gate/default-activation");
      expect(await targetDigest(world, ground)).toBe(before);
      expect(await readingsOf(approved, "blocked")).toEqual({ before: true, after: true });
    });
  },
);

test("R004 R059 activated while the agent works, a run commits nothing", async () => {
  await withApproved(async (approved) => {
    const { ground, world, before } = approved;
    const harvest: World["target"]["harvest"] = async (...given) => {
      await activate(ground, "true");
      return world.target.harvest(...given);
    };
    const ended = endOf(await runOnce({ ...world, target: { ...world.target, harvest } }, ground));
    expect(ended[0]).toBe("voided");
    expect(await readingsOf(approved, "voided")).toEqual({ before: false, after: true });
    await expectNothing(world, ground, before);
  });
});

test("R004 activated after the commit, a run awaits no outcome: its criterion is not proven", async () => {
  await withApproved(async (approved) => {
    const { ground, world } = approved;
    const prove: World["target"]["prove"] = async (...given) => {
      await activate(ground, "true");
      return world.target.prove(...given);
    };
    const ended = await runOnce({ ...world, target: { ...world.target, prove } }, ground);
    expect(ended).toMatchObject({ ok: true, value: { ending: { kind: "interrupted" } } });
    expect(await readingsOf(approved, "interrupted")).toEqual({ before: false, after: true });
    expect(await world.store.work(ground.work)).toMatchObject({ state: "interrupted" });
    expect(commitsOf(ground)).toHaveLength(2);
  });
});

test("R004 no flag names a backend, and no key of the policy makes one a default", async () => {
  await withApproved(async ({ ground, world }) => {
    const given = { home: ground.home, env: openSwitches("scripted") };
    expect(await runCto(["run", ground.work, "--backend", "scripted"], given)).toMatchObject({ exit: 2 });
    await ground.edit(POLICY, "backends:\n", "backends:\n  default: scripted\n");
    expect(endOf(await runOnce(world, ground))).toEqual(expect.arrayContaining(["blocked", "gate/policy-unreadable"]));
  });
});

const activate = (ground: Ground, value: string): Promise<void> =>
  ground.edit(POLICY, "schema: cto/policy/v1\n", `schema: cto/policy/v1\nruntime:\n  defaultActivation: ${value}\n`);

/** Both readings as the sealed report has them. */
const readingsOf = async (
  { world, ground }: Approved,
  ending: Parameters<typeof expectEvidence>[2],
): Promise<unknown> => readReport(await expectEvidence(world, runId(ground.work, 1), ending))?.defaultActivation;
