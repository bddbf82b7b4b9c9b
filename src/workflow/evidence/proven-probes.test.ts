import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import type { CanaryId } from "../vocabulary.ts";
import type { CanaryResult, PassedCanaries } from "../workspace/canary.ts";
import { confinementProof } from "./confinement.ts";
import { probesSay } from "./proven-probes.ts";
import type { RunRecord } from "./run-record.ts";

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

const PROBE_CLAIMS = ["probes-held-before-and-after", "no-credentials-in-reach", "signing-key-not-readable"];

const claimed = (record: RunRecord): readonly string[] =>
  confinementProof(record).claims.filter((claim) => PROBE_CLAIMS.includes(claim));

const withPasses = (change: (passed: PassedCanaries) => PassedCanaries | undefined): RunRecord => ({
  ...world.record,
  canaries: world.record.canaries.flatMap((passed) => change(passed) ?? []),
});

const withResult = (id: CanaryId, change: (result: CanaryResult) => CanaryResult): RunRecord =>
  withPasses((passed) =>
    passed.pass === "after" && passed.run !== "not-run"
      ? { ...passed, run: passed.run.map((result) => (result.id === id ? change(result) : result)) }
      : passed,
  );

const broken = (result: CanaryResult): CanaryResult => ({ ...result, verdict: "broken" });

const TABLE: readonly (readonly [string, () => RunRecord, readonly string[]])[] = [
  ["every probe held", () => world.record, PROBE_CLAIMS],
  ["no probe was run", () => ({ ...world.record, canaries: [] }), []],
  ["no sandbox was opened", () => ({ ...world.record, sandboxes: [], canaries: [] }), []],
  ["the second pass is missing", () => withPasses((one) => (one.pass === "after" ? undefined : one)), []],
  [
    "the second pass was not run",
    () => withPasses((one) => (one.pass === "after" ? { ...one, run: "not-run" } : one)),
    [],
  ],
  ["one sandbox has no probes", () => withPasses((one) => (one.sandbox === 1 ? undefined : one)), []],
  ["a pinned file was written", () => withResult("write-pinned", broken), PROBE_CLAIMS.slice(1)],
  ["a key was read", () => withResult("read-key", broken), []],
  ["the network was there", () => withResult("network", broken), ["signing-key-not-readable"]],
  [
    "a probe had no teeth",
    () => withResult("environment", (result) => ({ ...result, verdict: "no-teeth" })),
    ["signing-key-not-readable"],
  ],
  [
    "a probe was left out that the sandbox can be asked",
    () => withResult("kernel", (result) => ({ ...result, verdict: "not-tried" })),
    PROBE_CLAIMS.slice(1),
  ],
  [
    "nothing was written in a sandbox with a place to write in",
    () => withResult("allowed-works", (result) => ({ ...result, verdict: "not-tried" })),
    PROBE_CLAIMS.slice(1),
  ],
  [
    "the relay was not asked though there is one",
    () => ({
      ...world.record,
      sandboxes: world.record.sandboxes.map((one) => ({ ...one, args: [...one.args, "--share-net"] })),
    }),
    PROBE_CLAIMS.slice(1),
  ],
];

test.each(TABLE)("R067 where %s, exactly what follows is claimed", (_, record, claims) => {
  expect(claimed(record())).toEqual(claims);
});

test("R067 one sentence tells of the probes, and names each one that did not hold", () => {
  expect(probesSay(world.record)).toBe("13 kinds of canaries held before and after, in each of 2 sandboxes.");
  expect(probesSay({ ...world.record, canaries: [] })).toBe("No canary was run.");
  expect(probesSay(withResult("network", broken))).toBe(
    "Canaries did not hold: network broken after the agent; network broken after the validation.",
  );
  expect(probesSay(withPasses((one) => (one.pass === "after" ? { ...one, run: "not-run" } : one)))).toContain(
    "not run after the agent",
  );
});
