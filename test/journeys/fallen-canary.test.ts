import { expect, test } from "vitest";

import { readRuns } from "../../src/harness/reading/read-runs.ts";
import { tryStage } from "../../src/harness/workspace/try-stage.ts";
import { runId } from "../../src/workflow/ids.ts";
import { expectEvidence, expectNothing, factsOf, textOf, withApproved } from "./ended.ts";
import { fallingIn, type Fall } from "./falling.ts";
import { runOnce } from "./ground.ts";

const FALLS: readonly (readonly [when: string, fall: Fall, code: string, started: readonly string[]])[] = [
  ["before the agent", { purpose: "agent", pass: "before", verdict: "broken" }, "workspace/canary-succeeded", []],
  [
    "after the agent",
    { purpose: "agent", pass: "after", verdict: "broken" },
    "workspace/canary-succeeded",
    ["backend.started"],
  ],
  [
    "without teeth before the validation",
    { purpose: "validation", pass: "before", verdict: "no-teeth" },
    "workspace/canary-without-teeth",
    ["backend.started"],
  ],
  [
    "not run after the agent",
    { purpose: "agent", pass: "after", verdict: "not-run" },
    "workspace/canary-without-teeth",
    ["backend.started"],
  ],
];

test.each(FALLS)(
  "R067 confinement-lie: a canary fallen %s voids the run, with evidence",
  async (_, fall, code, started) => {
    await withApproved(async ({ ground, world, before }) => {
      const run = runId(ground.work, 1);
      const ended = await runOnce(fallingIn(world, fall), ground);
      expect(ended).toMatchObject({ ok: true, value: { ending: { kind: "voided", refusals: [{ code }] } } });
      await expectNothing(world, ground, before);
      const files = await expectEvidence(world, run, "voided");
      expect(textOf(files, "report.json")).toContain(code);
      const proof = textOf(files, "confinement-proof.json");
      expect(proof.slice(proof.indexOf('"notClaimed"'))).toContain("probes-held-before-and-after");
      const types = (await factsOf(world, run)).map(({ type }) => type);
      expect(types.filter((type) => type === "backend.started")).toEqual(started);
      const { runs } = await readRuns(world, {});
      expect(runs[0]?.state).toBe("voided(confinement)");
    });
  },
);

test.each([
  ["before", "never-begun"],
  ["after", { code: 0 }],
] as const)("R067 a canary fallen %s a try of a command is told as that of a run is", async (pass, ended) => {
  await withApproved(async ({ ground, world }) => {
    const falling = fallingIn(world, { purpose: "agent", pass, verdict: "broken" });
    const order = { work: ground.work, argv: ["true"], input: new Uint8Array(), heard: () => undefined };
    const tried = await tryStage(falling, { ...order, signal: new AbortController().signal });
    expect(tried).toMatchObject({ ok: true, value: { ended, voids: [{ code: "workspace/canary-succeeded" }] } });
  });
});

test("R067 an accepted run tells of every canary before and after, in each of its sandboxes", async () => {
  await withApproved(async ({ ground, world }) => {
    await runOnce(world, ground);
    const files = await expectEvidence(world, runId(ground.work, 1), "awaiting_outcome");
    expect(textOf(files, "report.md")).toMatch(/14 kinds of canaries held before and after, in each of \d sandboxes\./);
    expect(textOf(files, "confinement-proof.json")).not.toContain("cto-canary-token-");
  });
});
