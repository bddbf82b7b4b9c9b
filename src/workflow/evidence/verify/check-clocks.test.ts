import { afterAll, expect, test } from "vitest";

import { failures, sampleBundle, textOf, utf8, type SampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { bundleFiles } from "../bundle-files.ts";
import type { RunRecord } from "../run-record.ts";
import { freshnessSchema, type FreshnessProof } from "../schemas/freshness.ts";

const bundle: SampleBundle = sampleBundle();
afterAll(() => bundle.world.remove());

const HOUR = 3_600_000;
const FILE = "freshness-proof.json";

const retimed = (timeline: Partial<RunRecord["timeline"]>): RunRecord => {
  const { record } = bundle.world;
  const { seal } = { ...record.timeline, ...timeline };
  const host = { ...record.host, bootId: seal === "unknown" ? seal : seal.bootId };
  return { ...record, host, timeline: { ...record.timeline, ...timeline } };
};

const drawn = async (timeline: Partial<RunRecord["timeline"]>): Promise<readonly string[]> => {
  const files = bundleFiles(retimed(timeline), bundle.world.given);
  return failures(await bundle.verify(files)).filter((row) => row.startsWith("freshness"));
};
const { consumption, challenge } = bundle.world.record.timeline;
if (consumption === "unknown" || challenge === "unknown") throw new Error("the sample run was consumed");

test.each([
  ["forward", HOUR],
  ["back", -HOUR],
])("R048 a proof whose wall clock went an hour %s between approval and gate fails", async (_, ms) => {
  const rows = await drawn({ consumption: { ...consumption, epochMs: consumption.epochMs + ms } });
  expect(rows.join("\n")).toContain("its clocks disagree, or the approval was too old");
});

test("R048 a reboot between approval and gate is told, and the wall clock alone carries the order", async () => {
  const later = (ms: number): typeof consumption => ({ epochMs: challenge.epochMs + ms, bootMs: ms, bootId: "boot-2" });
  const after = {
    consumption: later(60_000),
    "first-write": later(61_000),
    validation: later(62_000),
    commit: later(63_000),
    seal: later(64_000),
  };
  expect(await drawn(after)).toEqual([]);
  const files = bundleFiles(retimed(after), bundle.world.given);
  const proof = freshnessSchema.parse(JSON.parse(new TextDecoder().decode(files.get(FILE))));
  expect([proof.clock.sameBoot, proof.age]).toMatchObject([false, { byBoottimeMs: null, ok: true }]);
  expect((await bundle.verify(files)).notClaimed.join("\n")).toContain("the machine was started again");
});

const edited = async (change: (proof: FreshnessProof) => unknown): Promise<string> => {
  const proof = freshnessSchema.parse(JSON.parse(textOf(bundle.sealed(), FILE)));
  const files = bundle.resealed((all) => all.set(FILE, utf8(`${JSON.stringify(change(proof), null, 2)}\n`)));
  return failures(await bundle.verify(files)).join("\n");
};
const known = <T extends object>(part: T | "unknown"): T => {
  if (part === "unknown") throw new Error("the sample run knows it");
  return part;
};

const movedRow =
  (step: string, ms: number) =>
  (proof: FreshnessProof): unknown => ({
    ...proof,
    timeline: proof.timeline.map((row) =>
      row.step === step && row.boottimeMs !== "unknown"
        ? {
            ...row,
            realtime: new Date(Date.parse(row.realtime) + ms).toISOString(),
            boottimeMs: row.boottimeMs + ms,
          }
        : row,
    ),
  });

test.each(["first-write", "validation", "commit", "seal"])(
  "R048 %s told a minute from where the log has it fails",
  async (step) => {
    for (const ms of [-60_000, 60_000])
      expect(await edited(movedRow(step, ms))).toContain(`the log has ${step} at another time`);
  },
);

test.each<[string, (proof: FreshnessProof) => unknown, string]>([
  ["an approval before its challenge", movedRow("approval", -60_000), "approved at no time between"],
  ["an approval after its use", movedRow("approval", 3_600_000), "approved at no time between"],
  [
    "a use right after its challenge",
    (p) => ({
      ...p,
      timeline: p.timeline.map((row, at) =>
        at === 2 ? { ...row, realtime: "2026-06-01T10:00:12.000Z", boottimeMs: 7_212_000 } : row,
      ),
      age: { ...known(p.age), byRealtimeMs: 12_000, byBoottimeMs: 12_000 },
    }),
    "the log has consumption at another time",
  ],
  ["another host", (p) => ({ ...p, host: { ...p.host, hostId: "0".repeat(64) } }), "of another host than the log"],
  [
    "another boot of its host",
    (p) => ({ ...p, host: { ...p.host, bootId: "boot-9" } }),
    "of another boot than the end",
  ],
  [
    "an anchor of another ledger",
    (p) => ({
      ...p,
      anchors: { ...p.anchors, ledgerCheckpoint: { ...known(p.anchors.ledgerCheckpoint), origin: "x" } },
    }),
    "its anchor is another ledger",
  ],
  [
    "an anchor of another size",
    (p) => ({ ...p, anchors: { ...p.anchors, ledgerCheckpoint: { ...known(p.anchors.ledgerCheckpoint), size: 213 } } }),
    "its anchor has another size",
  ],
  [
    "a ledger before it that nobody had",
    (p) => {
      const rootHash = Buffer.alloc(32, 9).toString("base64");
      const ledgerCheckpoint = { ...known(p.anchors.ledgerCheckpoint), rootHash };
      const consumption = { ...known(p.consumption), rootBefore: rootHash };
      return { ...p, consumption, anchors: { ...p.anchors, ledgerCheckpoint } };
    },
    "tells of another ledger right before it",
  ],
  ["one boot told of two", (p) => ({ ...p, clock: { ...p.clock, sameBoot: false } }), "against its own timeline"],
  ["a wider skew", (p) => ({ ...p, clock: { ...p.clock, maxSkewMs: 5001 } }), "farther apart than the gate"],
  ["a younger age", (p) => ({ ...p, age: { ...known(p.age), byRealtimeMs: 1 } }), "not what its timeline gives"],
  ["no boot clock", (p) => ({ ...p, age: { ...known(p.age), byBoottimeMs: null } }), "not what its timeline gives"],
  ["a longer limit", (p) => ({ ...p, age: { ...known(p.age), limitMs: 1e12 } }), "its limit is not the approval's"],
  ["an age that is not good", (p) => ({ ...p, age: { ...known(p.age), ok: false } }), "told good against"],
  ["another nonce", (p) => ({ ...p, challenge: { ...known(p.challenge), nonce: "x" } }), "another nonce"],
  [
    "another challenge time",
    (p) => ({ ...p, challenge: { ...known(p.challenge), issuedAt: "2026-06-01T09:00:00.000Z" } }),
    "of another time",
  ],
  [
    "another Harness key",
    (p) => ({ ...p, challenge: { ...known(p.challenge), issuedByKey: "SHA256:x" } }),
    "another Harness key",
  ],
  [
    "another start",
    (p) => ({
      ...p,
      timeline: p.timeline.map((row, at) => (at === 0 ? { ...row, realtime: "2026-06-01T09:00:00.000Z" } : row)),
    }),
    "begins at another moment",
  ],
  [
    "another moment of consumption",
    (p) => ({ ...p, consumption: { ...known(p.consumption), at: "2026-06-01T09:00:00.000Z" } }),
    "another time than the ledger",
  ],
  [
    "another root before it",
    (p) => ({ ...p, consumption: { ...known(p.consumption), rootBefore: "AAAA" } }),
    "its anchor is not the ledger",
  ],
  [
    "a human checkpoint that nobody signed",
    (p) => ({ ...p, anchors: { ...p.anchors, lastHumanCheckpoint: { origin: "x", size: 0, rootHash: "" } } }),
    "no approval carries",
  ],
  [
    "a human checkpoint of later",
    (p) => ({
      ...p,
      anchors: { ...p.anchors, lastHumanCheckpoint: { ...known(p.anchors.lastHumanCheckpoint), size: 1e6 } },
    }),
    "newer than the one that followed",
  ],
  [
    "another list of revoked keys",
    (p) => ({ ...p, revocation: { sha256: "0".repeat(64) } }),
    "another list of revoked keys",
  ],
  ["a list that was not read", (p) => ({ ...p, revocation: "unknown" }), "is claimed without its fields"],
  ["no consumption", (p) => ({ ...p, consumption: "unknown" }), "is claimed without its fields"],
  [
    "a boot that was not read",
    (p) => ({ ...p, timeline: p.timeline.map((row) => ({ ...row, boottimeMs: "unknown" })) }),
    "is claimed without its fields",
  ],
])("a freshness proof with %s fails", async (_, change, says) => {
  expect(await edited(change)).toContain(says);
});
