import { afterAll, expect, test } from "vitest";

import { failures, sampleBundle, sealedOf, textOf, type Edit, utf8 } from "../../../../test/fixtures/sample-bundle.ts";
import { confinementSchema, type ConfinementProof, type ProvenProbe } from "../schemas/confinement.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const FILE = "confinement-proof.json";

const edited =
  (change: (proof: ConfinementProof) => ConfinementProof): Edit =>
  (files) => {
    const proof = confinementSchema.parse(JSON.parse(textOf(files, FILE)));
    files.set(FILE, utf8(`${JSON.stringify(change(proof), null, 2)}\n`));
  };

const withFirst = (change: (probe: ProvenProbe) => ProvenProbe): Edit =>
  edited((proof) => ({ ...proof, probes: proof.probes.map((probe, at) => (at === 0 ? change(probe) : probe)) }));

const EDITS: readonly (readonly [string, Edit, string])[] = [
  [
    "an answer",
    withFirst((probe) => ({ ...probe, actual: { [probe.id]: "ok" } })),
    "the verdict on write-outside does not follow from its answers",
  ],
  [
    "an answer together with what was expected",
    withFirst((probe) => ({ ...probe, actual: { [probe.id]: "ok" }, expected: { [probe.id]: ["ok"] } })),
    "the log tells other probes",
  ],
  ["a verdict", withFirst((probe) => ({ ...probe, verdict: "broken" })), "does not follow from its answers"],
  ["a control that did not work", withFirst((probe) => ({ ...probe, control: {} })), "does not follow"],
  ["the pass it was made in", withFirst((probe) => ({ ...probe, pass: "after" })), "the log tells other probes"],
  ["the sandbox it was made in", withFirst((probe) => ({ ...probe, sandbox: 9 })), "in a sandbox that there was not"],
  [
    "a probe that is left out",
    edited((proof) => ({ ...proof, probes: proof.probes.slice(1) })),
    "probes-held-before-and-after is claimed without its fields",
  ],
  [
    "a whole pass that is left out",
    edited((proof) => ({ ...proof, probes: proof.probes.filter(({ pass }) => pass === "before") })),
    "no-credentials-in-reach is claimed without its fields",
  ],
  ["all of them", edited((proof) => ({ ...proof, probes: [] })), "the log tells of probes, and it shows none"],
  [
    "a probe that was not tried though it could be",
    withFirst((probe) => ({ ...probe, verdict: "not-tried", control: {}, expected: {}, actual: {} })),
    "probes-held-before-and-after is claimed without its fields",
  ],
  [
    "a claim that is taken back",
    edited((proof) => ({ ...proof, claims: proof.claims.filter((claim) => claim !== "signing-key-not-readable") })),
    "must be claimed or not",
  ],
];

test.each(EDITS)("R067 %s cannot be edited in the proof, though the folder is summed again", async (_, edit, says) => {
  expect(failures(await bundle.verify(bundle.resealed(edit))).join("\n")).toContain(says);
});

test("R067 a commit beside a canary that did not hold fails", async () => {
  const { record, given } = bundle.world;
  const canaries = record.canaries.map((passed) => ({
    ...passed,
    run:
      passed.run === "not-run"
        ? passed.run
        : passed.run.map((result) => (result.id === "network" ? { ...result, verdict: "broken" as const } : result)),
  }));
  const verdict = await bundle.verify(sealedOf({ ...record, canaries }, given));
  expect(failures(verdict).join("\n")).toContain("a commit stands beside a probe that did not hold");
});

test("a bundle of before the canaries still verifies, and claims nothing of them", async () => {
  const { record, given } = bundle.world.ending("stopped");
  const events = record.events.filter((line) => !line.includes("cto.sandbox.canary"));
  const files = sealedOf({ ...record, canaries: [], events }, given);
  const failed = failures(await bundle.verify(files)).filter((line) => line.startsWith("confinement"));
  expect(failed).toEqual([]);
  expect(textOf(files, FILE)).toContain('"probes": []');
});
