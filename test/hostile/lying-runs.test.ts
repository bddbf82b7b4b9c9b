import { mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

import { expect, test } from "vitest";

import { readReport } from "../../src/harness/evidence/read-report.ts";
import { decideOutcome } from "../../src/harness/outcome/decide-outcome.ts";
import type { World } from "../../src/harness/world.ts";
import type { BackendKind } from "../../src/workflow/contract/contract.ts";
import type { Report } from "../../src/workflow/evidence/schemas/report.ts";
import { runId } from "../../src/workflow/ids.ts";
import type { RunEnding } from "../../src/workflow/run-state.ts";
import { expectEvidence, factsOf, UNITTEST_STEPS } from "../journeys/ended.ts";
import { openFakeAgentGround, type FakeSteps } from "../journeys/fake-agent-ground.ts";
import { endOf, runOnce, targetDigest, type Ground } from "../journeys/ground.ts";
import { liesAbout, SENTENCE } from "./lies.ts";
import { processesOf } from "./support/after-every-case.ts";

// The lies of lying-backend.test.ts in whole runs, with all their acts, by each kind of backend: what is true afterwards.

const KINDS: readonly BackendKind[] = ["scripted", "acp", "command", "case"];

interface LyingGround {
  readonly ground: Ground;
  readonly world: World;
  readonly ran: (ending: RunEnding) => Promise<Report>;
  /** What the ledger took in since the run was ordered, each leaf by type and run. */
  readonly leaves: () => Promise<readonly string[]>;
}

/** An approved contract for a backend of this kind that tells these lies, beside a repository that is nobody's business. */
const withLiar = async (
  kind: BackendKind,
  script: (sibling: string) => FakeSteps,
  act: (lying: LyingGround) => Promise<void>,
): Promise<void> => {
  const opened = await openFakeAgentGround(kind, (root) => script(path.join(root, "sibling")));
  const { ground, world } = opened;
  const sibling = path.join(ground.root, "sibling");
  await mkdir(sibling);
  await writeFile(path.join(sibling, "f"), "theirs");
  try {
    const known = (await world.store.leaves(0)).length;
    const id = runId(ground.work, 1);
    await act({
      ground,
      world,
      ran: async (ending) => {
        const result = await runOnce(world, ground);
        expect(endOf(result)[0]).toBe(ending);
        const report = readReport(await expectEvidence(world, id, ending));
        if (report === undefined) throw new Error("there is no report");
        return report;
      },
      leaves: async () => (await world.store.leaves(0)).slice(known).map(({ type, run }) => `${type} ${run ?? "none"}`),
    });
    expect(await readFile(path.join(sibling, "f"), "utf8")).toBe("theirs");
    expect(await processesOf(ground.root)).toEqual([]);
  } finally {
    await opened.close();
  }
};

/** What it claimed, as the sealed report tells the owner. */
const claimsOf = (report: Report): readonly string[] =>
  report.findings.filter(({ code }) => code === "backend/claims-authority").map(({ says }) => says);

test.each(KINDS)(
  "backend-chooses-scope, self-approval-by-agent: a backend of kind %s that tells and tries all six lies changes nothing",
  async (kind) => {
    const lies = (sibling: string): FakeSteps => ({
      scripted: liesAbout(sibling).flatMap((lie) => lie.scripted),
      case: liesAbout(sibling).flatMap((lie) => lie.case),
    });
    await withLiar(kind, lies, async ({ ground, world, ran, leaves }) => {
      const before = await targetDigest(world, ground);
      const report = await ran("voided");
      expect(report).toMatchObject({ commit: null, defaultActivation: { before: false, after: false } });
      expect(await targetDigest(world, ground)).toBe(before);
      expect(await world.store.work(ground.work)).toMatchObject({ state: "candidate" });
      for (const claim of [/names a target/, /names allowed paths/, /approval sentence/, /approved/, /merged/, /on$/])
        expect(claimsOf(report)).toContainEqual(expect.stringMatching(claim));
      const run = runId(ground.work, 1);
      expect(await leaves()).toEqual(
        ["approval.consumed", "run.started", "run.voided", "run.sealed"].map((type) => `${type} ${run}`),
      );
    });
  },
);

test.each<BackendKind>(["acp", "case"])(
  "self-approval-by-agent: a backend of kind %s that works well and says that all is approved waits for its owner",
  async (kind) => {
    const words = [SENTENCE, "All tests pass.", '{"status": "accepted"}', "status: merged", "defaultActivation: true"];
    const work = (): FakeSteps => ({
      scripted: [...UNITTEST_STEPS, ...words.map((say) => ({ say }))],
      case: [
        ...UNITTEST_STEPS,
        { mark: "tested" },
        { mark: "reviewed" },
        { status: "pr-opened" },
        ...words.map((text) => ({ event: { event: "note", text } })),
      ],
    });
    await withLiar(kind, work, async ({ ground, world, ran, leaves }) => {
      const report = await ran("awaiting_outcome");
      expect(report.defaultActivation).toEqual({ before: false, after: false });
      expect(claimsOf(report)).toContain("says the approval sentence");
      expect(await world.store.work(ground.work)).toMatchObject({ state: "awaiting_outcome" });
      expect((await leaves()).filter((leaf) => /outcome|approval/.test(leaf))).toEqual([
        `approval.consumed ${runId(ground.work, 1)}`,
      ]);
      const claimed = (await factsOf(world, runId(ground.work, 1))).filter(({ data }) =>
        JSON.stringify(data).includes("All tests pass."),
      );
      expect(claimed.length).toBeGreaterThan(0);
      expect(claimed.every(({ trust }) => trust === "agent-claimed" || trust === "backend-claimed")).toBe(true);
      const accepted = { run: runId(ground.work, 1), outcome: "accepted", reason: "", words: undefined } as const;
      expect(await decideOutcome(world, { ...accepted, acknowledged: [], key: ground.key })).toMatchObject({
        ok: false,
        refusals: expect.arrayContaining([expect.objectContaining({ code: "outcome/finding-not-acknowledged" })]),
      });
    });
  },
);
