import { writeFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { removeAdmission } from "../../src/harness/admission/admit-target.ts";
import { withdraw } from "../../src/harness/approval/withdraw.ts";
import { readReport } from "../../src/harness/evidence/read-report.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import { rollbackRun } from "../../src/harness/outcome/rollback.ts";
import type { World } from "../../src/harness/world.ts";
import type { ConfinedStage } from "../../src/seams/sandbox.ts";
import { checksPathOf } from "../../src/workflow/contract/checks.ts";
import { Failure } from "../../src/workflow/failure.ts";
import { runId } from "../../src/workflow/ids.ts";
import { packetPath } from "../../src/workflow/packet/write-packet.ts";
import { jsonOf, runCto } from "../cli/cli.ts";
import {
  commitsOf,
  expectEvidence,
  expectNothing,
  gitIn,
  textOf,
  UNITTEST_STEPS,
  withApproved,
  type Approved,
} from "./ended.ts";
import { ADMISSION, endOf, openSwitches, runOnce, targetDigest } from "./ground.ts";

const BREAK_A_TEST = {
  write: "test_strings.py",
  content: "import unittest\n\n\nclass Broken(unittest.TestCase):\n    def test_it(self):\n        self.fail()\n",
};

interface Way {
  readonly steps: readonly object[];
  readonly state: "voided" | "failed";
  readonly exit: number;
  readonly reason: string;
}

/** Ways in which an agent brings its run to an end without a commit. */
const WAYS: readonly (readonly [what: string, way: Way])[] = [
  [
    "writes a forbidden file",
    {
      steps: [...UNITTEST_STEPS, { write: ".env", content: "A=b\n", native: true }],
      state: "voided",
      exit: 6,
      reason: "policy/forbidden-path",
    },
  ],
  [
    "writes a file that nobody listed",
    {
      steps: [...UNITTEST_STEPS, { write: "src/more.py", content: "", native: true }],
      state: "voided",
      exit: 6,
      reason: "policy/unlisted-path",
    },
  ],
  [
    "changes nothing",
    { steps: [{ say: "It is fine as it is." }], state: "voided", exit: 6, reason: "policy/no-change" },
  ],
  ["breaks a test", { steps: [BREAK_A_TEST], state: "voided", exit: 6, reason: "validation/failed" }],
  ["crashes", { steps: [...UNITTEST_STEPS, { crash: 7 }], state: "failed", exit: 4, reason: "backend/crashed" }],
  [
    "gives up",
    { steps: [...UNITTEST_STEPS, { stop: "refusal" }], state: "failed", exit: 4, reason: "backend/gave-up" },
  ],
];

test.each(WAYS)(
  "R061 R112 an agent that %s leaves sealed evidence, its target as it was and a spent approval",
  async (_, way) => {
    await withApproved(async ({ ground, world, before }) => {
      await ground.plays(way.steps);
      const said = await runCto(["run", ground.work, "--json"], { home: ground.home, env: openSwitches("scripted") });
      expect(said.exit).toBe(way.exit);
      const answer = jsonOf(said);
      expect(answer).toMatchObject({ run: "R-049-01", state: way.state });
      expect([answer["reason"], (answer["failure"] as { readonly code: string } | undefined)?.code]).toContain(
        way.reason,
      );
      await expectNothing(world, ground, before);
      const files = await expectEvidence(world, runId(ground.work, 1), way.state);
      expect(textOf(files, "report.md")).toContain(way.state === "voided" ? "Voided" : "Failed");
      expect(endOf(await runOnce(world, ground))).toEqual(expect.arrayContaining(["blocked", "approval/consumed"]));
    });
  },
);

/** Probes of the owner's that a change can pass every test beside, and yet not satisfy. */
const PROBES: readonly (readonly [what: string, argv: string])[] = [
  ["fails on the change", "[python3, -c, 'raise SystemExit(1)']"],
  ["passes before the change too", "[python3, -c, 'pass']"],
  ["is no program here", "[no-such-program]"],
];

test.each(PROBES)("R093 R118 where the owner's probe %s the run is void and nothing is committed", async (_, argv) => {
  const prepare = async (home: string): Promise<void> => {
    const name = "cto-sample-approval-packet";
    const text = `schema: cto/checks/v1\npacket: ${name}\nchecks:\n  C1:\n    argv: ${argv}\n    onBase: fails\n`;
    await writeFile(path.join(home, checksPathOf(packetPath(name))), text);
  };
  await withApproved(
    async ({ ground, world, before }) => {
      expect(endOf(await runOnce(world, ground))).toEqual(["voided", "validation/probe-failed"]);
      await expectNothing(world, ground, before);
      const files = await expectEvidence(world, runId(ground.work, 1), "voided");
      expect(textOf(files, "report.md")).toContain("The owner's probe of C1 ended with");
      const shown = jsonOf(await runCto(["show", "R-049-01", "--json"], { home: ground.home }));
      expect(shown).toMatchObject({
        state: "voided(validation)",
        word: "Voided: validation failed, exit 0 (validation/probe-failed)",
      });
    },
    {},
    { prepare },
  );
});

test("R061 a run that is blocked leaves sealed evidence, exit 3, and an approval that is still good", async () => {
  await withApproved(async ({ ground, world, before }) => {
    const said = await runCto(["run", ground.work, "--json"], { home: ground.home });
    expect(said.exit).toBe(3);
    expect(jsonOf(said)).toMatchObject({ state: "blocked", reason: "gate/env-not-set", refusals: { length: 3 } });
    expect(await targetDigest(world, ground)).toBe(before);
    await expectEvidence(world, runId(ground.work, 1), "blocked");
    expect(await world.store.work(ground.work)).toMatchObject({ state: "approved" });
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  });
});

/** What somebody may do while the agent works, and the code that the run is voided with. */
const MEANWHILE: readonly (readonly [
  what: string,
  act: (approved: Approved) => Promise<{ readonly ok: boolean }>,
  code: string,
])[] = [
  [
    "the owner withdraws the approval",
    ({ world, ground }) => withdraw(world, ground.work, { reason: "changed my mind", key: undefined }),
    "approval/withdrawn",
  ],
  [
    "the admission is suspended",
    ({ world }) => removeAdmission(world, ADMISSION, "suspended", "moving"),
    "admission/suspended",
  ],
  [
    "the admission is revoked",
    ({ world }) => removeAdmission(world, ADMISSION, "revoked", "given away"),
    "admission/revoked",
  ],
];

test.each(MEANWHILE)("R051 R059 while the agent works %s, and nothing is committed", async (_, act, code) => {
  await withApproved(async (approved) => {
    const { ground, world, before } = approved;
    const ended = endOf(
      await runOnce(
        whileItWorks(world, () => act(approved)),
        ground,
      ),
    );
    expect(ended[0]).toBe("voided");
    expect(ended).toContain(code);
    await expectNothing(world, ground, before);
    const files = await expectEvidence(world, runId(ground.work, 1), "voided");
    // What the owner did to his own documents is not laid at the agent's door.
    expect(readReport(files)?.actions.filter(({ verdict }) => verdict === "violated")).toEqual([]);
  });
});

test("where the gate cannot be asked the run fails with evidence, and the approval is still good", async () => {
  await withApproved(async ({ ground, world, before }) => {
    const observe = failing(new Failure("target/git-failed", "git said nothing"));
    const ended = await runOnce({ ...world, target: { ...world.target, observe } }, ground);
    expect(ended).toMatchObject({
      ok: true,
      value: { ending: { kind: "failed", failure: { code: "target/git-failed" } } },
    });
    expect(await targetDigest(world, ground)).toBe(before);
    await expectEvidence(world, runId(ground.work, 1), "failed");
    expect(await world.store.work(ground.work)).toMatchObject({ state: "approved" });
    expect(endOf(await runOnce(world, ground))).toEqual(["awaiting_outcome"]);
  });
});

test("where a process of the agent cannot be ended nothing is harvested and nothing is committed", async () => {
  await withApproved(async ({ ground, world, before }) => {
    const outliving = (stage: ConfinedStage): ConfinedStage => ({
      ...stage,
      quiet: async () => ({ ...(await stage.quiet()), processTreeDead: false, alive: 1 }),
    });
    const open: World["sandbox"]["open"] = async (order) => outliving(await world.sandbox.open(order));
    const ended = await runOnce({ ...world, sandbox: { ...world.sandbox, open } }, ground);
    expect(ended).toMatchObject({
      ok: true,
      value: { ending: { kind: "failed", failure: { code: "sandbox/broken" } } },
    });
    await expectNothing(world, ground, before);
    await expectEvidence(world, runId(ground.work, 1), "failed");
  });
});

test("a commit that could not be brought in is no commit: the run fails and the target is as it was", async () => {
  await withApproved(async ({ ground, world, before }) => {
    const commit = failing(new Failure("target/busy", "the index is locked"));
    const ended = await runOnce({ ...world, target: { ...world.target, commit } }, ground);
    expect(ended).toMatchObject({ ok: true, value: { ending: { kind: "failed", failure: { code: "target/busy" } } } });
    await expectNothing(world, ground, before);
    await expectEvidence(world, runId(ground.work, 1), "failed");
  });
});

test("R018 a commit that landed before its step broke is told as interrupted, and the owner can have it rolled back", async () => {
  await withApproved(async ({ ground, world, base }) => {
    const commit: World["target"]["commit"] = async (...given) => {
      await world.target.commit(...given);
      throw new Failure("target/git-failed", "git broke after it had moved the branch");
    };
    const ended = await runOnce({ ...world, target: { ...world.target, commit } }, ground);
    const [tip] = commitsOf(ground);
    expect(ended).toMatchObject({
      ok: true,
      value: { ending: { kind: "interrupted", commit: { commit: tip, parent: base } } },
    });
    expect(await world.store.work(ground.work)).toMatchObject({ state: "interrupted" });
    const run = runId(ground.work, 1);
    await expectEvidence(world, run, "interrupted");

    const order = { run, acknowledged: [], words: undefined, key: ground.key } as const;
    expect(await decideOutcome(world, { ...order, outcome: "accepted", reason: "" })).toMatchObject({ ok: false });
    expect(await decideOutcome(world, { ...order, outcome: "rejected", reason: "it broke" })).toMatchObject({
      ok: true,
    });
    expect(await rollbackRun(world, run, "real")).toMatchObject({
      ok: true,
      value: { proof: "tree-equals-base", clean: true },
    });
    expect(gitIn(ground.target, "rev-parse", "main^{tree}")).toBe(gitIn(ground.target, "rev-parse", `${base}^{tree}`));
    expect(await world.store.work(ground.work)).toMatchObject({ state: "rolled_back" });
  });
});

test("after a failure of the ledger a run stays open, and the same command goes on with it", async () => {
  await withApproved(async ({ ground, world, base }) => {
    const commit = failing(new Failure("store/no-space", "no space left"));
    await expect(runOnce({ ...world, target: { ...world.target, commit } }, ground)).rejects.toThrow("no space left");
    expect(await world.store.runs({ open: true })).toMatchObject([{ state: "committing" }]);
    expect(endOf(await runOnce({ ...world, isAlive: () => false }, ground))).toEqual(["awaiting_outcome"]);
    expect(commitsOf(ground)).toHaveLength(2);
    expect(commitsOf(ground)[1]).toBe(base);
    await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome");
  });
});

const failing = (failure: Failure) => (): Promise<never> => Promise.reject(failure);

/** Something that is done, from its beginning to its end, while the agent is at work. */
const whileItWorks = (world: World, act: () => Promise<{ readonly ok: boolean }>): World => ({
  ...world,
  backendOf: (kind, authority) => {
    const backend = world.backendOf(kind, authority);
    if (backend === undefined) return undefined;
    const perform: typeof backend.perform = async (assignment, room) => {
      const attempt = backend.perform(assignment, room);
      attempt.catch(() => undefined);
      expect(await act()).toMatchObject({ ok: true });
      return attempt;
    };
    return { ...backend, perform };
  },
});
