import { afterAll, beforeAll, expect, test } from "vitest";

import { sampleWorld, type SampleWorld } from "../../../test/fixtures/sample-run.ts";
import type { ControlEntry, Observation, Particulars } from "../admission/observation.ts";
import { digestOf } from "../digest.ts";
import type { Instant } from "../instant.ts";
import { confinementProof } from "./confinement.ts";
import { freshnessProof } from "./freshness.ts";
import { ownedRepoProof } from "./owned-repo.ts";
import type { RunRecord } from "./run-record.ts";
import { isWhole, ownedRepoSchema } from "./schemas/owned-repo.ts";

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

const ORDER = "order:challenge<approval<consume<first-write<validate<commit<seal";
const later = (ms: number): RunRecord["timeline"]["seal"] => ({
  epochMs: Date.parse("2026-06-01T10:00:00Z") + ms,
  bootMs: 7_200_000 + ms,
  bootId: "boot-1",
});

test("a committed run claims order, unchanged inputs, unchanged base and single use (R109)", () => {
  expect(freshnessProof(world.record).claims).toEqual([
    ORDER,
    "inputs-unchanged",
    "base-unchanged",
    "single-use-on-this-ledger",
    "signers-not-revoked-at-gate",
  ]);
});

const FRESHNESS: readonly (readonly [string, string, (record: RunRecord) => RunRecord])[] = [
  [
    "an instant was not read",
    ORDER,
    (record) => ({ ...record, timeline: { ...record.timeline, consumption: "unknown" } }),
  ],
  [
    "the boot clock ran backwards",
    ORDER,
    (record) => ({ ...record, timeline: { ...record.timeline, commit: later(61_500) } }),
  ],
  [
    "an input was not read again",
    "inputs-unchanged",
    (record) => ({ ...record, inputs: { ...record.inputs, policy: { ...record.inputs.policy, atCommit: "unknown" } } }),
  ],
  [
    "an input differs at the commit",
    "inputs-unchanged",
    (record) => ({
      ...record,
      inputs: { ...record.inputs, policy: { ...record.inputs.policy, atCommit: digestOf("other") } },
    }),
  ],
  [
    "HEAD moved before the first write",
    "base-unchanged",
    (record) => ({ ...record, headBeforeFirstWrite: record.commit === "none" ? "unknown" : record.commit.commit }),
  ],
  [
    "the list of revoked keys was not read",
    "signers-not-revoked-at-gate",
    (record) => ({ ...record, revokedKeys: "unknown" }),
  ],
  ["the consumption is not known", "single-use-on-this-ledger", (record) => ({ ...record, consumption: "none" })],
];

test.each(FRESHNESS)("when %s, %s is not claimed", (_, claim, change) => {
  const proof = freshnessProof(change(world.record));
  expect(proof.claims).not.toContain(claim);
  expect(proof.notClaimed).toContain(claim);
});

test("across a reboot the wall clock decides, and the proof says so", () => {
  const rebooted = { epochMs: Date.parse("2026-06-01T10:01:05Z"), bootMs: 3, bootId: "boot-2" };
  const proof = freshnessProof({ ...world.record, timeline: { ...world.record.timeline, seal: rebooted } });
  expect(proof.claims).toContain(ORDER);
  expect(proof.clock.sameBoot).toBe(false);
});

test("across a reboot between approval and gate the boot clock says nothing, and what it cannot bear out is not claimed", () => {
  const after = (ms: number): Instant => ({
    epochMs: Date.parse("2026-06-01T10:00:00Z") + ms,
    bootMs: ms,
    bootId: "boot-2",
  });
  const { timeline } = world.record;
  const proof = freshnessProof({
    ...world.record,
    timeline: {
      ...timeline,
      consumption: after(60_000),
      "first-write": after(61_000),
      validation: after(62_000),
      commit: after(63_000),
      seal: after(64_000),
    },
  });
  expect(proof.clock).toMatchObject({ sameBoot: false, ntpSynchronized: "unknown" });
  expect(proof.age).toEqual({ byRealtimeMs: 60_000, byBoottimeMs: null, limitMs: 3_600_000, ok: true });
  expect(proof.notClaimed.some((words) => words.includes("started again"))).toBe(true);
  expect(freshnessProof(world.record).notClaimed.some((words) => words.includes("started again"))).toBe(false);
});

test.each([
  ["forward", 3_600_000],
  ["back", -3_600_000],
])("a wall clock that was moved an hour %s between challenge and consumption is no good age", (_, ms) => {
  const { timeline } = world.record;
  const { consumption } = timeline;
  if (consumption === "unknown") throw new Error("it was consumed");
  const moved = { ...consumption, epochMs: consumption.epochMs + ms };
  const proof = freshnessProof({ ...world.record, timeline: { ...timeline, consumption: moved } });
  expect(proof.age).toMatchObject({ byBoottimeMs: 60_000, ok: false });
});

test("the approval's age is told by both clocks, with its limit", () => {
  expect(freshnessProof(world.record).age).toEqual({
    byRealtimeMs: 60_000,
    byBoottimeMs: 60_000,
    limitMs: 3_600_000,
    ok: true,
  });
});

test("a blocked run claims nothing of what never happened", () => {
  const { record } = world.ending("blocked");
  expect(freshnessProof(record).claims).toEqual([]);
  expect(ownedRepoProof(record).claims).toEqual([]);
  expect(confinementProof(record).claims).toEqual([]);
});

test("a committed run claims the admitted repository, one commit and a rollback that restores the base (R110)", () => {
  expect(ownedRepoProof(world.record).claims).toEqual([
    "identity-admitted",
    "owner-signed-admission",
    "no-redirects",
    "one-commit",
    "only-allowed-paths",
    "no-other-ref",
    "rollback-restores-base",
  ]);
});

test("a voided run claims that the target is byte-identical, and no commit", () => {
  const { claims } = ownedRepoProof(world.ending("voided").record);
  expect(claims).toContain("target-byte-identical");
  expect(claims).not.toContain("one-commit");
});

const OWNED: readonly (readonly [string, string, (record: RunRecord) => RunRecord])[] = [
  [
    "the inode is another",
    "identity-admitted",
    (record) => ({ ...record, before: record.before === "unknown" ? "unknown" : { ...record.before, inode: "9" } }),
  ],
  ["nothing was admitted", "owner-signed-admission", (record) => ({ ...record, admission: "none" })],
  [
    "something does not hold",
    "one-commit",
    (record) => ({
      ...record,
      proof: record.proof === "unknown" ? "unknown" : { ...record.proof, wrong: ["it moved"] },
    }),
  ],
  [
    "another ref moved",
    "no-other-ref",
    (record) => ({
      ...record,
      proof:
        record.proof === "unknown" ? "unknown" : { ...record.proof, refsChanged: ["refs/heads/main", "refs/tags/v1"] },
    }),
  ],
  ["the git directory is another's", "no-redirects", (record) => seenWith(record, { gitDir: "/elsewhere/.git" })],
  ["the git directory is shared", "no-redirects", (record) => seenWith(record, { gitCommonDir: "/elsewhere/.git" })],
  [
    "the configuration names another file",
    "no-redirects",
    (record) => ({
      ...record,
      before: withEntry(beforeOf(record), { name: "named include.path 3", value: digestOf("more") }),
    }),
  ],
  ["the stash has one more", "no-other-ref", (record) => seenAfterwards(record, { stashCount: 1 })],
  [
    "refs are as they were though one is told to have moved",
    "no-other-ref",
    (record) => ({ ...record, before: withRef(beforeOf(record), afterOf(record).head) }),
  ],
  [
    "the rehearsal left another tree",
    "rollback-restores-base",
    (record) => ({
      ...record,
      rehearsal: record.rehearsal === "none" ? "none" : { ...record.rehearsal, equalsBaseTree: false },
    }),
  ],
];

const beforeOf = ({ before }: RunRecord): Observation => {
  if (before === "unknown") throw new Error("the sample was seen before");
  return before;
};
const afterOf = ({ proof }: RunRecord): Observation => {
  if (proof === "unknown" || proof.after === undefined) throw new Error("the sample was seen afterwards");
  return proof.after;
};
const particular = (seen: Observation, change: Partial<Particulars>): Observation => {
  if (seen.particulars === undefined) throw new Error("the sample was looked at whole");
  return { ...seen, particulars: { ...seen.particulars, ...change } };
};
const seenWith = (record: RunRecord, change: Partial<Particulars>): RunRecord => ({
  ...record,
  before: particular(beforeOf(record), change),
});
const seenAfterwards = (record: RunRecord, change: Partial<Particulars>): RunRecord => ({
  ...record,
  proof: record.proof === "unknown" ? "unknown" : { ...record.proof, after: particular(afterOf(record), change) },
});
const withEntry = (seen: Observation, entry: ControlEntry): Observation => ({
  ...seen,
  controlPlane: { ...seen.controlPlane, entries: [...seen.controlPlane.entries, entry] },
});
const withRef = (seen: Observation, tip: string): Observation => ({
  ...seen,
  controlPlane: {
    ...seen.controlPlane,
    entries: seen.controlPlane.entries.map((entry) =>
      entry.name === "ref refs/heads/main loose" ? { ...entry, value: tip } : entry,
    ),
  },
});

test("refs, locks and unfinished work are read from the control plane, execution from the findings (R110)", () => {
  const findings = [
    { finding: "hook", where: ".git/hooks/pre-commit" },
    { finding: "hook", where: "core.hookspath" },
    { finding: "hook", where: "hook.lint.command" },
    { finding: "fsmonitor", where: "core.fsmonitor" },
    { finding: "driver", where: "filter.lfs.clean" },
    { finding: "driver", where: "diff.external" },
    { finding: "driver", where: "diff.pdf.command" },
    { finding: "driver", where: "diff.pdf.textconv" },
    { finding: "driver", where: "diff.renames" },
    { finding: "driver", where: "merge.ours.driver" },
    { finding: "remote", where: "remote.origin.url" },
  ] as const;
  const entries = [
    { name: "file MERGE_HEAD", value: "f 0644 1 41 x" },
    { name: "file sequencer", value: "d 0755" },
    { name: "file sequencer/todo", value: "f 0644 1 3 x" },
    { name: "file config", value: `f 0644 1 9 ${digestOf("config")}` },
    { name: "file config.lock", value: "f 0644 1 0 x" },
    { name: "file hooks/x.lock", value: "f 0755 1 9 x" },
    { name: "object pack/tmp.lock", value: "0" },
    { name: "ref HEAD loose", value: "ref: refs/heads/main" },
    { name: "ref refs/heads/a.lock loose", value: "x" },
    { name: "ref refs/tags/v1 packed", value: "y" },
    { name: "named includeif.gitdir:/x.path 4", value: "absent" },
    { name: "named core.excludesfile 5", value: "absent" },
  ];
  const before = { ...beforeOf(world.record), findings, controlPlane: { digest: digestOf("control"), entries } };
  const proof = ownedRepoProof({ ...world.record, before });
  if (!isWhole(proof)) throw new Error("it was looked at whole");
  expect(proof.before).toMatchObject({
    operationInProgress: ["MERGE_HEAD", "sequencer"],
    lockFiles: ["config.lock", "objects/pack/tmp.lock", "refs/heads/a.lock"],
    refsSha256: digestOf(
      ["ref HEAD loose ref: refs/heads/main", "ref refs/heads/a.lock loose x", "ref refs/tags/v1 packed y"]
        .map((line) => `${line}\0`)
        .join(""),
    ),
  });
  expect(proof.execution).toEqual({
    hooks: [".git/hooks/pre-commit", "hook.lint.command"],
    hooksPath: "core.hookspath",
    filters: ["filter.lfs.clean"],
    fsmonitor: "core.fsmonitor",
    diffDrivers: ["diff.external", "diff.pdf.command"],
    textconv: ["diff.pdf.textconv"],
    includes: ["includeif.gitdir:/x.path"],
    configSha256: digestOf("config"),
  });
});

test("whether the network was denied is read from the sandboxes, and unknown where there was none (R110)", () => {
  const deniedIn = (sandboxes: RunRecord["sandboxes"]): unknown => {
    const proof = ownedRepoProof({ ...world.record, sandboxes });
    return isWhole(proof) ? proof.remotes.networkDenied : "no remotes";
  };
  const { sandboxes } = world.record;
  expect(deniedIn(sandboxes)).toBe(true);
  expect(deniedIn([])).toBe("unknown");
  expect(deniedIn(sandboxes.map((one) => ({ ...one, args: ["--unshare-pid"] })))).toBe(false);
  expect(deniedIn(sandboxes.map((one) => ({ ...one, hosts: ["example.org:443"] })))).toBe(false);
});

test("an observation of before all was looked at is proven in the form of then, claims and all", () => {
  const { particulars: _, ...before } = beforeOf(world.record);
  const proof = ownedRepoProof({ ...world.record, before });
  expect(isWhole(proof)).toBe(false);
  expect(proof).not.toHaveProperty("remotes");
  expect(proof.before).toMatchObject({ remotes: before.remotes });
  expect(proof.claims).toEqual(ownedRepoProof(world.record).claims);
  expect(ownedRepoSchema.safeParse(proof).success).toBe(true);
});

test("a proof with some of the later fields and without others is no proof", () => {
  const whole = ownedRepoProof(world.record);
  if (!isWhole(whole)) throw new Error("it was looked at whole");
  const { refsSha256: _, ...before } = whole.before;
  const { execution: __, ...rest } = whole;
  for (const half of [{ ...whole, before }, rest, { ...whole, remotes: undefined }])
    expect(ownedRepoSchema.safeParse(half).success).toBe(false);
});

test.each(OWNED)("when %s, %s is not claimed", (_, claim, change) => {
  const proof = ownedRepoProof(change(world.record));
  expect(proof.claims).not.toContain(claim);
  expect(proof.notClaimed).toContain(claim);
});

test("confinement claims what the argument lists hold and the probes proved, each in its turn", () => {
  expect(confinementProof(world.record).claims).toEqual([
    "no-network-but-relay",
    "target-not-mounted",
    "probes-held-before-and-after",
    "no-credentials-in-reach",
    "signing-key-not-readable",
    "processes-ended",
  ]);
});

const withArgs = (args: readonly string[]): RunRecord => ({
  ...world.record,
  sandboxes: world.record.sandboxes.map((sandbox) => ({ ...sandbox, args })),
});

test.each([
  ["no network namespace", "no-network-but-relay", () => withArgs(["--unshare-pid"])],
  ["the host's network", "no-network-but-relay", () => withArgs(["--unshare-all", "--share-net"])],
  ["the root of the host", "target-not-mounted", () => withArgs(["--unshare-all", "--ro-bind", "/", "/"])],
  ["a folder above the target", "target-not-mounted", () => withArgs(["--unshare-all", "--bind", world.folder, "/x"])],
  [
    "a folder of the target",
    "target-not-mounted",
    () => withArgs(["--unshare-all", "--ro-bind-try", `${world.folder}/target/.git`, "/x"]),
  ],
  [
    "a process left alive",
    "processes-ended",
    () => ({ ...world.record, sandboxes: world.record.sandboxes.map((sandbox) => ({ ...sandbox, alive: 1 })) }),
  ],
])("a sandbox with %s does not claim %s", (_, claim, record) => {
  expect(confinementProof(record()).claims).not.toContain(claim);
});
