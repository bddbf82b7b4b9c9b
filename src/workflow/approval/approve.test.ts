import { afterAll, expect, test } from "vitest";

import {
  admissionBy,
  approvalFacts,
  BUILD,
  CONTRACT,
  draft,
  history,
  later,
  must,
  NOW,
  OBSERVATION,
  oid,
  PACKET,
  policy,
  SENTENCE,
  signerLine,
  trustOf,
  type SaidApproval,
} from "../../../test/fixtures/governed.ts";
import { hardwareKey, makeKey, removeFolder, signBy, temporaryFolder } from "../../../test/fixtures/ssh.ts";
import type { Contract } from "../contract/contract.ts";
import { digestOf } from "../digest.ts";
import { runId, workId } from "../ids.ts";
import { refusal } from "../refusal.ts";
import { ok, refuse, refusalsOf } from "../result.ts";
import { NOTHING_REVOKED } from "../revoked-keys.ts";
import { approvalAge } from "./approval-age.ts";
import { approvalHistory } from "./approval-history.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { BOUND } from "./approval.ts";
import { approve, type ApprovalFacts } from "./approve.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const jp = makeKey(folder, "jp");
const ana = makeKey(folder, "ana");
const said = draft(jp);
const facts = approvalFacts(jp, said);
const NS = "approval@cto-harness";

const codesOf = (change: Partial<ApprovalFacts>): readonly string[] =>
  refusalsOf(approve({ ...facts, ...change })).map(({ code }) => code);
/** The same record with something else in it, signed by its owner again. */
const resaid = (change: Partial<ApprovalRecord>): Partial<ApprovalFacts> => saidBy(draft(jp, change));
const saidBy = (
  other: SaidApproval,
  signature: Uint8Array | "absent" = signBy(jp, other.bytes, NS),
): Partial<ApprovalFacts> => ({
  said: [{ record: other.bytes, signature }],
});
const contractOf = (change: Partial<Contract>): Partial<ApprovalFacts> => ({ contract: { ...CONTRACT, ...change } });
const unsigned = (method: "typed" | "tty" | "sshsig"): Partial<ApprovalFacts> =>
  saidBy(draft(jp, { approver: { principal: "jp", method, keyFingerprint: null, assurance: "A3" } }), "absent");
const minimum = (level: string): Partial<ApprovalFacts> => {
  const authority = policy((text) => text.replace("minimumAssurance: A2", `minimumAssurance: ${level}`));
  // The record stays as it was signed: only the level asked for is another.
  return { authority: ok({ ...authority, digest: policy().digest }) };
};

test("R045 R046 the owner's exact sentence, signed and bound to the world of now, is an approval of level A2", () => {
  expect(approve(facts)).toMatchObject({
    ok: true,
    value: { record: { approvalId: "ap-213", sentence: SENTENCE }, digest: digestOf(said.bytes), assurance: "A2" },
  });
});

test.each(["none", "LF", "CRLF"] as const)("R044 an approval typed with line ending %s is accepted", (terminator) => {
  expect(approve({ ...facts, ...saidBy(draft(jp, {}, terminator)) }).ok).toBe(true);
});

const expired = Date.parse(said.record.validity.expiresAt) - NOW.epochMs;
const otherRun = runId(workId("CTO-WORK-049") ?? CONTRACT.workItem, 2);
const spentOn = (run: string): Partial<ApprovalFacts> => ({
  history: { ...history(said), consumed: new Map([["ap-213", run]]) },
});

test.each<[string, Partial<ApprovalFacts>, readonly string[]]>([
  ["no approval", { said: [] }, ["approval/absent"]],
  [
    "R046 a record whose signature is missing",
    { said: [{ record: said.bytes, signature: "absent" }] },
    ["approval/not-signed"],
  ],
  [
    "R046 a record changed by one byte",
    {
      said: [
        {
          record: Buffer.from(said.bytes.toString().replace("ap-213", "ap-214")),
          signature: signBy(jp, said.bytes, NS),
        },
      ],
    },
    ["approval/signature-invalid", "approval/unknown-challenge"],
  ],
  [
    "R046 a signature for another role",
    saidBy(said, signBy(jp, said.bytes, "admission@cto-harness")),
    ["approval/signature-invalid"],
  ],
  ["R046 a text in place of the signature", saidBy(said, Buffer.from("jp")), ["approval/signature-invalid"]],
  [
    "R006 the right words by a key that nobody named",
    saidBy(said, signBy(ana, said.bytes, NS)),
    ["approval/not-the-owner"],
  ],
  [
    "R006 the right words by another principal",
    {
      ...saidBy(said, signBy(ana, said.bytes, NS)),
      trust: ok({ ...trustOf(signerLine(jp) + signerLine(ana, "ana")), digest: trustOf(signerLine(jp)).digest }),
    },
    ["approval/not-the-owner", "approval/signature-invalid"],
  ],
  [
    "R006 a record that names another approver",
    resaid({
      approver: { principal: "ana", method: "sshsig", keyFingerprint: null, assurance: "A2" },
      quorum: { ...said.record.quorum, eligible: ["ana", "jp"] },
    }),
    ["approval/not-the-owner", "approval/contradicts-contract"],
  ],
  [
    "a record that names another key",
    resaid({ approver: { ...said.record.approver, keyFingerprint: ana.fingerprint } }),
    ["approval/signature-invalid"],
  ],
  [
    "a revoked key",
    { trust: ok({ ...trustOf(signerLine(jp)), revoked: { ...NOTHING_REVOKED, sha256: new Set([jp.fingerprint]) } }) },
    ["approval/key-revoked"],
  ],
  ["R047 a typed sentence below the minimum", unsigned("typed"), ["approval/below-minimum"]],
  ["R047 a sentence at a terminal below the minimum", unsigned("tty"), ["approval/below-minimum"]],
  ["R047 a claimed signature", unsigned("sshsig"), ["approval/not-signed"]],
  ["R047 a software key where A3 is asked", minimum("A3"), ["approval/below-minimum"]],
  [
    "R047 a risk class that policy does not list",
    { ...contractOf({ targetRepository: { ...CONTRACT.targetRepository, riskClassification: "high" } }) },
    ["approval/below-minimum", "approval/stale"],
  ],
  ["R049 a spent approval", spentOn(otherRun), ["approval/consumed"]],
  [
    "R051 a withdrawn approval",
    { history: { ...history(said), withdrawn: new Map([["ap-213", "uid:1000"]]) } },
    ["approval/withdrawn"],
  ],
  ["a challenge of another ledger", { history: approvalHistory([]) }, ["approval/unknown-challenge"]],
  [
    "a challenge that another approval answered",
    { history: { ...history(said), challenges: new Map([[said.record.challenge.sha256, "ap-1"]]) } },
    ["approval/unknown-challenge"],
  ],
  ["R048 the moment it expires", { now: later(NOW, expired) }, ["approval/expired"]],
  ["R048 one second after it expired", { now: later(NOW, expired + 1000) }, ["approval/expired"]],
  [
    "R048 an approval older than policy allows",
    { authority: ok({ ...policy(), approvalExpiryMs: 3_600_000 }) },
    ["approval/expired"],
  ],
  [
    "R048 a wall clock before the approval",
    { now: { ...NOW, epochMs: NOW.epochMs - 3_600_001 } },
    ["gate/clock-disagrees"],
  ],
  ["R048 a boot clock before the approval", { now: { ...NOW, bootMs: 0 } }, ["gate/clock-disagrees"]],
  ["R048 a wall clock set back by 5.001 s", { now: { ...NOW, epochMs: NOW.epochMs - 5001 } }, ["gate/clock-disagrees"]],
  [
    "R048 a wall clock set forward by 5.001 s",
    { now: { ...NOW, epochMs: NOW.epochMs + 5001 } },
    ["gate/clock-disagrees"],
  ],
  [
    "R044 another sentence in the packet",
    contractOf({ requiredApproval: `${SENTENCE} ` }),
    ["approval/stale", "approval/not-exact"],
  ],
  [
    "R030 an approved scope that is not the contract's",
    resaid({ scope: { ...said.record.scope, allowedPaths: ["src/"] } }),
    ["approval/contradicts-contract"],
  ],
  [
    "an approved backend that is not the contract's",
    resaid({ scope: { ...said.record.scope, backend: "acp" } }),
    ["approval/contradicts-contract"],
  ],
  [
    "another admission path than the contract's",
    resaid({ admission: { ...said.record.admission, path: "x.json" } }),
    ["approval/contradicts-contract"],
  ],
  ["R055 no policy", { authority: refuse(refusal("gate/policy-absent", { path: "p" })) }, ["gate/policy-absent"]],
  ["R055 no signers", { trust: refuse(refusal("approval/no-signer", { problem: "none" })) }, ["approval/no-signer"]],
  [
    "R055 a target that the preflight refused",
    { observation: refuse(refusal("admission/bare", { found: "x" })) },
    ["admission/bare"],
  ],
])("%s is refused", (_, change, codes) => {
  expect(codesOf(change)).toEqual(codes);
});

const moved: Readonly<Record<(typeof BOUND)[number], Partial<ApprovalFacts>>> = {
  packet: { packet: digestOf("a word more") },
  contract: contractOf({ evidenceRequired: ["report.json", "report.md"] }),
  admission: { admission: "absent" },
  policy: { authority: ok(policy((text) => text.replace("  - infra/\n", ""))) },
  signers: { trust: ok(trustOf(signerLine(jp) + signerLine(ana, "ana"))) },
  checks: { checks: digestOf("a probe") },
  "harness key": { harnessKey: `SHA256:${"o".repeat(43)}` },
  build: { build: digestOf("another build") },
  path: { observation: ok({ ...OBSERVATION, realPath: "/srv/other" }) },
  branch: { observation: ok({ ...OBSERVATION, branch: "dev" }) },
  head: { observation: ok({ ...OBSERVATION, head: oid("f") }) },
  tree: { observation: ok({ ...OBSERVATION, tree: oid("f") }) },
};

test.each(BOUND)("R050 a consent goes stale when the %s moves", (part) => {
  const stale = refusalsOf(approve({ ...facts, ...moved[part] })).find(({ code }) => code === "approval/stale");
  expect(stale?.facts).toEqual({ moved: part });
});

test("R050 a moved HEAD is told as such, and the approval of another work item is stale", () => {
  expect(codesOf(moved.head)).toEqual(["admission/head-moved", "approval/stale"]);
  const id = workId("CTO-WORK-048") ?? CONTRACT.workItem;
  const other = draft(jp, { workId: id });
  expect(refusalsOf(approve({ ...facts, ...saidBy(other) }))).toMatchObject([
    { code: "approval/stale", facts: { moved: "work item" } },
  ]);
});

test("nobody but the owner can approve, even with the exact words, and every objection is told at once", () => {
  const words = "yes";
  const other = draft(jp, {
    sentence: words,
    sentenceSha256: digestOf(words),
    input: { ...said.record.input, sha256: digestOf(words) },
  });
  const change = {
    ...saidBy(other, signBy(ana, other.bytes, NS)),
    ...moved.head,
    packet: digestOf("x"),
    now: later(NOW, expired),
    history: approvalHistory([
      { type: "approval.withdrawn", actor: "uid:0", channel: "cli", approvalId: "ap-213" },
      { type: "approval.consumed", actor: "uid:0", channel: "cli", approvalId: "ap-213", run: otherRun },
    ]),
  } as const;
  expect(codesOf(change)).toEqual([
    "approval/not-the-owner",
    "approval/unknown-challenge",
    "approval/withdrawn",
    "approval/consumed",
    "approval/expired",
    "admission/head-moved",
    "approval/stale",
    "approval/not-exact",
  ]);
});

test("R049 the run that spent an approval keeps it until executeBy, no other run gets it", () => {
  const spent = spentOn(facts.run);
  const end = Date.parse(said.record.validity.executeBy) - NOW.epochMs;
  expect(codesOf(spent)).toEqual([]);
  expect(codesOf({ ...spent, now: later(NOW, expired) })).toEqual([]);
  expect(codesOf({ ...spent, now: later(NOW, end) })).toEqual(["approval/expired"]);
  expect(codesOf({ ...spent, run: otherRun })).toEqual(["approval/consumed"]);
});

test("R048 five seconds apart are allowed, and across a reboot the wall clock alone counts", () => {
  expect(codesOf({ now: { ...NOW, epochMs: NOW.epochMs + 5000 } })).toEqual([]);
  const rebooted = { epochMs: NOW.epochMs, bootMs: 1, bootId: "boot-2" };
  expect(codesOf({ now: rebooted })).toEqual([]);
  expect(approvalAge(said.record, rebooted)).toEqual({ byRealtimeMs: 3_600_000, byBoottimeMs: null });
  expect(approvalAge(said.record, NOW)).toEqual({ byRealtimeMs: 3_600_000, byBoottimeMs: 3_600_000 });
});

test("R047 where policy asks no signature, a typed sentence is A0 and one at a terminal A1, whatever it claims", () => {
  expect(approve({ ...facts, ...unsigned("typed"), ...minimum("A0") })).toMatchObject({
    ok: true,
    value: { assurance: "A0", signatureDigest: null },
  });
  expect(approve({ ...facts, ...unsigned("tty"), ...minimum("A1") })).toMatchObject({
    ok: true,
    value: { assurance: "A1" },
  });
  expect(codesOf({ ...unsigned("typed"), ...minimum("A1") })).toEqual(["approval/below-minimum"]);
});

test.each([
  [0, "A2", ["approval/no-user-presence"]],
  [0, "A3", ["approval/no-user-presence"]],
  [1, "A2", []],
  [1, "A3", ["approval/below-minimum"]],
  [5, "A2", []],
  [5, "A3", []],
] as const)("R046 R047 a hardware key with flags %d under minimum %s", (flags, level, codes) => {
  const key = hardwareKey("ed25519");
  const trust = { ...trustOf(signerLine(key)), digest: trustOf(signerLine(jp)).digest };
  const by = draft(jp, { approver: { principal: "jp", method: "sshsig", keyFingerprint: null, assurance: "A2" } });
  const change = { ...saidBy(by, key.sign(by.bytes, NS, flags)), trust: ok(trust), ...minimum(level) };
  expect(codesOf(change)).toEqual(codes);
  if (codes.length === 0) expect(must(approve({ ...facts, ...change })).assurance).toBe(flags === 5 ? "A3" : "A2");
});

test("a key must have had its role when it approved, and have it still", () => {
  const digest = trustOf(signerLine(jp)).digest;
  const from = (option: string): Partial<ApprovalFacts> => ({
    trust: ok({ ...trustOf(`jp namespaces="${NS}",${option} ${jp.publicKey}\n`), digest }),
  });
  expect(codesOf(from('valid-after="20260601090000Z",valid-before="20260601100000Z"'))).toEqual([]);
  expect(codesOf(from('valid-after="20260601093000Z"'))).toEqual(["approval/not-the-owner"]);
  expect(codesOf(from('valid-before="20260601095959Z"'))).toEqual(["approval/not-the-owner"]);
});

test("the bound digests of the record are those of the world", () => {
  expect([PACKET, BUILD, admissionBy(jp).digest]).toEqual([
    said.subjects.packet,
    said.record.harness.buildSha256,
    said.subjects.admission,
  ]);
});
