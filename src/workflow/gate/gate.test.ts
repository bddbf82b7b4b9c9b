import { afterAll, expect, test } from "vitest";

import {
  admissionBy,
  admissionFacts,
  approvalFacts,
  CONTRACT,
  later,
  must,
  NOW,
  OBSERVATION,
  oid,
  PACKET,
  policy,
  RUN,
  signerLine,
  trustOf,
} from "../../../test/fixtures/governed.ts";
import { makeKey, removeFolder, temporaryFolder } from "../../../test/fixtures/ssh.ts";
import { openStanding, OPEN_ENV } from "../../../test/fixtures/standing.ts";
import { admit } from "../admission/admit.ts";
import { approve } from "../approval/approve.ts";
import { contractDigest, type Contract } from "../contract/contract.ts";
import { WORK_STATES } from "../contract/work-item.ts";
import { digestOf } from "../digest.ts";
import { readPolicy } from "../read-policy.ts";
import { refusal, type Refusal } from "../refusal.ts";
import { after, ok, refuse, refusalsOf, type Result } from "../result.ts";
import { readTrustRoot } from "../trust-root.ts";
import type { GateCheck } from "./gate-check.ts";
import { openGate } from "./gate.ts";
import { permitStillStands } from "./permit.ts";
import type { Standing } from "./standing.ts";
import { switchesOf } from "./switches.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const jp = makeKey(folder, "jp");
const open = openStanding(jp);
const names = switchesOf("case");
const HELD = { run: RUN, work: CONTRACT.workItem, pid: 7, since: "2026-06-01T09:00:00Z" };

const codesOf = (change: Partial<Standing>): readonly string[] =>
  refusalsOf(openGate({ ...open, ...change }).result).map(({ code }) => code);
const checkOf = (name: string, change: Partial<Standing>): GateCheck | undefined =>
  openGate({ ...open, ...change }).checks.find((check) => check.name === name);
const no = (one: Refusal): Result<never, Refusal> => refuse(one);
const approving = (change: Partial<ReturnType<typeof approvalFacts>>): Partial<Standing> => ({
  approval: approve({ ...approvalFacts(jp), ...change }),
});
const contractOf = (change: Partial<Contract["executionGate"]>): Partial<Standing> => ({
  contract: ok({ ...CONTRACT, executionGate: { ...CONTRACT.executionGate, ...change } }),
});

test("R054 R058 when every precondition passes there is one permit with the digests of now, good for one run", () => {
  const { checks, result } = openGate(open);
  expect(checks.filter(({ status }) => status !== "pass")).toEqual([]);
  expect(must(result)).toMatchObject({
    run: RUN,
    epochSeconds: open.epochSeconds,
    digests: {
      packet: PACKET,
      contract: contractDigest(CONTRACT),
      admission: admissionBy(jp).digest,
      policy: policy().digest,
      signers: trustOf(signerLine(jp)).digest,
      checks: null,
      approval: must(open.approval).digest,
      build: open.build,
    },
    backend: { profile: "ca" },
  });
});

test("R055 every step of evidence.md section 4 has its check, in the line's order, and each name is there once", () => {
  const { checks } = openGate(open);
  expect(checks.map(({ stage, step, name }) => `${stage} ${step} ${name}`)).toEqual([
    "packet 3 packet",
    "contract 3 contract",
    "admission 10 target",
    "admission 3 admission",
    "approval 2 signers",
    "approval 4 record",
    "approval 5 signature",
    "approval 6 single use",
    "approval 7 clocks",
    "approval 9 digests",
    "approval 8 sentence",
    "approval 3 work item",
    "gate 2 policy",
    "gate 2 authority files",
    "gate 2 secrets",
    "gate 2 ledger",
    "gate 2 network hosts",
    "gate 1 default activation",
    "gate 1 named backend",
    "gate 1 switches",
    "gate 10 lock",
    "gate 11 sandbox",
    "gate 11 signing key",
    "gate 12 backend",
    "gate 12 disk",
    "gate 12 prior stage",
  ]);
});

const absent = refusal("approval/absent", { work: CONTRACT.workItem });
const unread = refusal("approval/record-unreadable", { problem: "it is not JSON" });

test.each<[string, string, Partial<Standing>, readonly string[]]>([
  ["R055 no policy", "policy", { policy: readPolicy("absent") }, ["gate/policy-absent"]],
  ["R055 no signers", "signers", { trust: readTrustRoot("absent", "absent") }, ["approval/no-signer"]],
  [
    "R012 signers who do not name the owner",
    "signers",
    { trust: ok(trustOf(signerLine(jp, "ana"))) },
    ["approval/no-signer"],
  ],
  [
    "an authority file that others can write",
    "authority files",
    { writableByOthers: [".sot/authority/policy.yaml"] },
    ["gate/authority-writable"],
  ],
  [
    "R136 a secret in a document that is never edited",
    "secrets",
    { secretsInDocuments: [{ file: ".sot/authority/policy.yaml", line: 3, rule: "github" }] },
    ["gate/secret-in-document"],
  ],
  ["R136 a secret that is too short to be looked for", "secrets", { shortSecrets: ["PIN"] }, ["gate/secret-too-short"]],
  ["R137 a ledger that does not recompute", "ledger", { ledgerBreaks: [7] }, ["gate/ledger-broken"]],
  [
    "R065 hosts that no policy permits",
    "network hosts",
    { contract: ok({ ...CONTRACT, allowedHosts: ["pypi.org:443", "evil.example:443"] }) },
    ["gate/host-not-permitted"],
  ],
  [
    "R065 a host of another port than the policy permits",
    "network hosts",
    {
      contract: ok({ ...CONTRACT, allowedHosts: ["pypi.org:8443", "a.example:443"] }),
      policy: ok({ ...policy(), egress: { allowedHosts: ["pypi.org:443", "a.example:443"] } }),
    },
    ["gate/host-not-permitted"],
  ],
  [
    "R055 a target that the preflight refused",
    "target",
    { observation: no(refusal("admission/dirty", { count: 1, paths: "x" })) },
    ["admission/dirty"],
  ],
  [
    "R037 no admission",
    "admission",
    { admission: admit({ ...admissionFacts(jp), record: "absent" }) },
    ["admission/absent"],
  ],
  ["R061 no approval", "record", { approval: no(absent) }, ["approval/absent"]],
  ["an approval that cannot be read", "record", { approval: no(unread) }, ["approval/record-unreadable"]],
  [
    "R046 an approval without its signature",
    "signature",
    approving({ said: [{ record: mustSaid(), signature: "absent" }] }),
    ["approval/not-signed"],
  ],
  [
    "R049 a spent approval",
    "single use",
    approving({ history: { ...approvalFacts(jp).history, consumed: new Map([["ap-213", "R-049-07"]]) } }),
    ["approval/consumed"],
  ],
  ["R048 an expired approval", "clocks", approving({ now: later(NOW, 86_400_000) }), ["approval/expired"]],
  [
    "R048 a moved clock",
    "clocks",
    approving({ now: { ...NOW, epochMs: NOW.epochMs + 60_000 } }),
    ["gate/clock-disagrees"],
  ],
  ["R050 a changed packet", "digests", approving({ packet: digestOf("x") }), ["approval/stale"]],
  [
    "R050 a moved HEAD",
    "digests",
    approving({ observation: ok({ ...OBSERVATION, head: oid("f") }) }),
    ["admission/head-moved", "approval/stale"],
  ],
  [
    "R056 one variable missing",
    "switches",
    { switches: { ...open.switches, env: { ...OPEN_ENV, [names.allow]: "true" } } },
    ["gate/env-not-set"],
  ],
  [
    "R056 an outcome that is there before",
    "switches",
    { switches: { ...open.switches, env: { ...OPEN_ENV, [names.outcome]: "accepted" } } },
    ["gate/outcome-preset"],
  ],
  [
    "R043 another admission file",
    "switches",
    { switches: { ...open.switches, admissionFile: "unreadable" } },
    ["gate/admission-file-differs"],
  ],
  ["R004 a default activation", "default activation", { defaultActivation: true }, ["gate/default-activation"]],
  [
    "R004 a default activation that cannot be read",
    "default activation",
    { defaultActivation: "unknown" },
    ["gate/default-activation"],
  ],
  [
    "R060 another backend than the contract's",
    "named backend",
    { backend: ok({ ...must(open.backend), kind: "acp" }) },
    ["gate/backend-differs"],
  ],
  ["R134 a target that another run holds", "lock", { lock: { ...HELD, isAlive: true } }, ["gate/target-locked"]],
  [
    "R134 a target that a broken run still holds",
    "lock",
    { lock: { ...HELD, isAlive: false } },
    ["gate/target-abandoned"],
  ],
  ["R068 no sandbox", "sandbox", { sandbox: { confinement: "none", failed: [] } }, ["gate/sandbox-unavailable"]],
  [
    "R068 a sandbox of processes only",
    "sandbox",
    { sandbox: { confinement: "C", failed: [{ id: "userns", says: "EPERM", fix: "sysctl" }] } },
    ["gate/sandbox-unavailable"],
  ],
  ["R115 a signing key in reach", "signing key", { keysInReach: ["/home/jp/.cto/keys/run"] }, ["gate/key-in-reach"]],
  [
    "R115 a home without keys",
    "signing key",
    { ownKeys: { problems: [keyProblem("absent")], untrusted: [] } },
    ["gate/key-absent"],
  ],
  [
    "R115 a signing key that others can read",
    "signing key",
    { ownKeys: { problems: [keyProblem("exposed")], untrusted: [] } },
    ["gate/key-exposed"],
  ],
  [
    "R115 a signing key that allowed_signers does not name",
    "signing key",
    { ownKeys: { problems: [], untrusted: [{ role: "harness", line: "ssh-ed25519 A", fingerprint: "SHA256:x" }] } },
    ["gate/key-not-trusted"],
  ],
  [
    "R050 another Harness key than the one that was approved",
    "digests",
    approving({ harnessKey: `SHA256:${"o".repeat(43)}` }),
    ["approval/stale"],
  ],
  [
    "an upstream whose key variable holds no key",
    "backend",
    { unkeyed: { upstream: "provider", variable: "PROVIDER_KEY" } },
    ["gate/model-key-absent"],
  ],
  ["R135 a full disk", "disk", { diskFreeBytes: 2 ** 28 - 1 }, ["gate/disk-low"]],
  [
    "R062 a prior stage that policy asks for",
    "prior stage",
    { policy: ok({ ...policy(), requirePriorStage: true }) },
    ["gate/prior-stage-missing"],
  ],
])("%s blocks, and check %s says so", (_, name, change, codes) => {
  expect(codesOf(change)).toEqual(codes);
  expect(checkOf(name, change)).toMatchObject({ status: "block", refusals: codes.map((code) => ({ code })) });
});

function keyProblem(kind: "absent" | "exposed"): Standing["ownKeys"]["problems"][number] {
  return { path: "/home/jp/.cto/keys/harness.key", kind, says: "mode 0644", fix: "chmod 600" };
}

function mustSaid(): Uint8Array {
  const [said] = approvalFacts(jp).said;
  if (said === undefined) throw new Error("nothing was said");
  return said.record;
}

test("R040 confinement below the minimum of the risk class blocks, at the minimum it passes", () => {
  const strict = ok(policy((text) => text.replace("minimumConfinement: B", "minimumConfinement: A")));
  const loose = ok(policy((text) => text.replace("minimumConfinement: B", "minimumConfinement: C")));
  expect(codesOf({ policy: strict })).toEqual(["gate/confinement-below-minimum"]);
  expect(codesOf({ policy: strict, sandbox: { confinement: "A", failed: [] } })).toEqual([]);
  expect(codesOf({ policy: loose, sandbox: { confinement: "C", failed: [] } })).toEqual([]);
  expect(codesOf({ policy: loose, sandbox: { confinement: "none", failed: [] } })).toEqual([
    "gate/sandbox-unavailable",
  ]);
});

test("R062 a verified run one stage lower satisfies the policy that asks for it, and stage 0 has none below", () => {
  const asks = ok({ ...policy(), requirePriorStage: true });
  expect(codesOf({ policy: asks, priorStage: "verified" })).toEqual([]);
  const stageZero = {
    ...contractOf({ stage: 0 }),
    switches: { ...open.switches, env: { ...OPEN_ENV, [names.stage]: "0" } },
  };
  expect(codesOf({ policy: asks, ...stageZero })).toEqual([]);
});

test.each(WORK_STATES.filter((state) => state !== "approved"))(
  "R019 a work item that is %s is not executed",
  (workState) => {
    expect(codesOf({ workState })).toEqual(["gate/work-not-approved"]);
  },
);

test("R020 a candidate without an approval only waits for one", () => {
  const change = { workState: "candidate", approval: no(absent) } as const;
  expect(codesOf(change)).toEqual(["approval/absent"]);
  expect(checkOf("work item", change)).toMatchObject({ status: "not-evaluated" });
  expect(codesOf({ workState: "retired", approval: no(absent) })).toEqual([
    "approval/absent",
    "gate/work-not-approved",
  ]);
});

const NO_ENV = { switches: { env: {}, admissionFile: "unreadable" } } as const;
const UNAPPROVED = { workState: "candidate", approval: no(absent) } as const;

test.each([
  ["environment and approval", {}, []],
  ["environment without approval", UNAPPROVED, ["approval/absent"]],
  ["approval without environment", NO_ENV, ["gate/env-not-set", "gate/env-not-set", "gate/env-not-set"]],
  [
    "neither",
    { ...NO_ENV, ...UNAPPROVED },
    ["approval/absent", "gate/env-not-set", "gate/env-not-set", "gate/env-not-set"],
  ],
] as const)("R057 %s", (_, change, codes) => {
  expect(codesOf(change)).toEqual(codes);
});

test("R141 a fresh home is told everything that blocks, each once, in the line's order", () => {
  const authority = readPolicy("absent");
  const trust = readTrustRoot("absent", "absent");
  const observation = no(refusal("admission/target-absent", { path: CONTRACT.targetRepository.path }));
  const facts = { authority, trust, observation };
  const fresh = {
    policy: authority,
    trust,
    observation,
    admission: admit({ ...admissionFacts(jp), ...facts, record: "absent" }),
    admissionRecord: "absent",
    approval: approve({ ...approvalFacts(jp), ...facts, said: [], admission: "absent" }),
    workState: "candidate",
    ...NO_ENV,
    backend: no(refusal("backend/not-available", { kind: "case", problem: "ca is not on PATH" })),
    sandbox: { confinement: "none", failed: [{ id: "bwrap", says: "not installed", fix: "script/bootstrap" }] },
  } as const;
  expect(codesOf(fresh)).toEqual([
    "admission/target-absent",
    "admission/absent",
    "approval/no-signer",
    "approval/absent",
    "gate/policy-absent",
    "gate/env-not-set",
    "gate/env-not-set",
    "gate/env-not-set",
    "gate/sandbox-unavailable",
    "backend/not-available",
  ]);
  expect(checkOf("signature", fresh)).toMatchObject({
    status: "not-evaluated",
    waitsFor: ["record", "policy", "signers"],
  });
});

test("R142 on the owner's machine the missing approval and the three variables block, nothing else", () => {
  expect(codesOf({ ...NO_ENV, ...UNAPPROVED })).toEqual([
    "approval/absent",
    "gate/env-not-set",
    "gate/env-not-set",
    "gate/env-not-set",
  ]);
});

test("what rests on a packet that does not lint is not evaluated, and its refusals are told once", () => {
  const packet = no(refusal("approval/record-unreadable", { problem: "stands for a lint error" }));
  const contract = after(packet, () => ok(CONTRACT));
  const change = {
    packet,
    contract,
    observation: after(contract, () => ok(OBSERVATION)),
    admission: after(contract, () => ok(admissionBy(jp))),
    approval: after(contract, () => no(absent)),
    backend: after(contract, () => open.backend),
    workState: "unlisted",
  } as const;
  const { checks, result } = openGate({ ...open, ...change });
  expect(refusalsOf(result)).toHaveLength(1);
  const status = (name: string): string | undefined => checks.find((check) => check.name === name)?.status;
  expect(status("packet")).toBe("block");
  for (const name of [
    "contract",
    "target",
    "admission",
    "record",
    "sentence",
    "work item",
    "switches",
    "lock",
    "backend",
  ])
    expect([name, status(name)]).toEqual([name, "not-evaluated"]);
  for (const name of ["policy", "ledger", "default activation", "disk", "signing key"])
    expect([name, status(name)]).toEqual([name, "pass"]);
});

test("R054 the gate changes nothing: the same standing twice gives the same answer", () => {
  const frozen = structuredClone({ ...open, trust: "not cloned" });
  expect(openGate(open)).toEqual(openGate(open));
  expect(structuredClone({ ...open, trust: "not cloned" })).toEqual(frozen);
});

const permit = must(openGate(open).result);
const again = (change: Partial<Parameters<typeof permitStillStands>[1]>): readonly string[] =>
  permitStillStands(permit, { admission: ok(permit.admission), approval: ok(permit.approval), ...change }).map(
    ({ code, facts }) => `${code} ${facts["moved"] ?? ""}`.trim(),
  );

test("R059 a permit stands as long as everything that it rests on stands", () => {
  expect(again({})).toEqual([]);
});

const observed = (change: Partial<typeof OBSERVATION>): Partial<Parameters<typeof permitStillStands>[1]> => {
  const observation = ok({ ...OBSERVATION, ...change });
  return {
    admission: admit({ ...admissionFacts(jp), observation }),
    approval: approve({ ...approvalFacts(jp), observation }),
  };
};

test.each<[string, Partial<Parameters<typeof permitStillStands>[1]>, readonly string[]]>([
  [
    "an approval withdrawn while it runs",
    approving({ history: { ...approvalFacts(jp).history, withdrawn: new Map([["ap-213", "jp"]]) } }),
    ["approval/withdrawn"],
  ],
  [
    "an admission suspended while it runs",
    { admission: admit(admissionFacts(jp, { status: "suspended", reason: "stop" })) },
    ["admission/suspended"],
  ],
  ["another packet", approving({ packet: digestOf("x") }), ["approval/stale packet"]],
  [
    "another HEAD",
    observed({ head: oid("f") }),
    ["admission/head-moved", "approval/stale head", "approval/stale head"],
  ],
  ["another tree under the same HEAD", observed({ tree: oid("f") }), ["approval/stale tree", "approval/stale tree"]],
  ["another inode", observed({ inode: "9" }), ["admission/not-the-repository"]],
  ["another git folder at the same place", observed({ gitInode: "9" }), ["approval/stale gitInode"]],
  ["other bytes under the same tree", observed({ treeSha256: digestOf("x") }), ["approval/stale treeSha256"]],
  [
    "a target that cannot be read plainly",
    {
      admission: no(refusal("admission/bare", { found: "x" })),
      approval: no(refusal("admission/bare", { found: "x" })),
    },
    ["admission/bare"],
  ],
])("R059 %s ends it", (_, change, told) => {
  expect(again(change)).toEqual(told);
});

test("R059 the deadline to use an approval does not end the run that has used it, the deadline to commit does", () => {
  const facts = approvalFacts(jp);
  const history = { ...facts.history, consumed: new Map([["ap-213", RUN]]) };
  const { validity } = must(open.approval).record;
  const at = (time: string): readonly string[] =>
    again({ approval: approve({ ...facts, history, now: later(NOW, Date.parse(time) - NOW.epochMs) }) });
  expect(at(validity.expiresAt)).toEqual([]);
  expect(at(validity.executeBy)).toEqual(["approval/expired"]);
});

const moved = (wallMs: number, bootMs: number, bootId: string): Partial<Standing> =>
  approving({ now: { epochMs: NOW.epochMs + wallMs, bootMs: NOW.bootMs + bootMs, bootId } });
const HOUR = 3_600_000;

test.each<[string, Partial<Standing>, readonly string[], string]>([
  ["nothing but time passed", moved(HOUR, HOUR, "boot-1"), [], "good until"],
  ["the machine slept an hour, which both clocks count", moved(HOUR, HOUR, "boot-1"), [], "good until"],
  ["the wall clock was set an hour forward", moved(HOUR, 0, "boot-1"), ["gate/clock-disagrees"], "refused"],
  ["the wall clock was set back to the approval", moved(-HOUR, 0, "boot-1"), ["gate/clock-disagrees"], "refused"],
  ["an hour passed and the wall clock was held", moved(0, HOUR, "boot-1"), ["gate/clock-disagrees"], "refused"],
  ["the machine was started again", moved(0, -NOW.bootMs, "boot-2"), [], "started again since"],
  [
    "it was started again with a clock of before the approval",
    moved(-2 * HOUR, -NOW.bootMs, "boot-2"),
    ["gate/clock-disagrees"],
    "refused",
  ],
  ["it was started again a day later", moved(24 * HOUR, 0, "boot-2"), ["approval/expired"], "refused"],
])("R048 between approval and gate %s", (_, change, codes, says) => {
  expect(codesOf(change)).toEqual(codes);
  expect(checkOf("clocks", change)?.says).toContain(says);
});

test("several things wrong at once are all told, each under its own step", () => {
  const wrong = {
    ...moved(-HOUR, 0, "boot-1"),
    diskFreeBytes: 0,
    defaultActivation: true,
    writableByOthers: [".sot/authority/policy.yaml"],
    ledgerBreaks: [7],
    ...NO_ENV,
  } as const;
  const steps = openGate({ ...open, ...wrong }).checks.flatMap(({ step, refusals }) =>
    refusals.map(({ code }) => [step, code]),
  );
  expect(steps).toEqual(
    expect.arrayContaining([
      [1, "gate/default-activation"],
      [1, "gate/env-not-set"],
      [2, "gate/authority-writable"],
      [2, "gate/ledger-broken"],
      [7, "gate/clock-disagrees"],
      [12, "gate/disk-low"],
    ]),
  );
});
