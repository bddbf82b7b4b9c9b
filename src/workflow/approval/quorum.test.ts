import { afterAll, expect, test } from "vitest";

import {
  approvalFacts,
  draft,
  history,
  must,
  policy,
  signerLine,
  trustOf,
  type SaidApproval,
} from "../../../test/fixtures/governed.ts";
import {
  hardwareKey,
  makeKey,
  removeFolder,
  signBy,
  temporaryFolder,
  type RealKey,
} from "../../../test/fixtures/ssh.ts";
import { readPolicy } from "../read-policy.ts";
import { ok, refusalsOf } from "../result.ts";
import type { ApprovalRecord } from "./approval-record.ts";
import { approve, type ApprovalFacts, type SignedWords } from "./approve.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const NS = "approval@cto-harness";
const [jp, ana, bob] = ["jp", "ana", "bob"].map((name) => makeKey(folder, name)) as [RealKey, RealKey, RealKey];
const SIGNERS = signerLine(jp) + signerLine(ana, "ana") + signerLine(bob, "bob");
const digest = trustOf(signerLine(jp)).digest;

const quorum = {
  required: 2,
  eligible: ["jp", "ana"],
  requester: "uid:0",
  selfApproved: false,
  distinctKeys: true,
} as const;
const policyOf = (lines: string): ReturnType<typeof policy> => ({
  ...policy((text) => text.replace("approvalExpiryMs:", `${lines}\napprovalExpiryMs:`)),
  digest: policy().digest,
});
const TWO = policyOf("approval:\n  quorum: 2\n  eligible: [jp, ana]\n  authorMayApprove: true");

const recordBy = (principal: string, key: RealKey, change: Partial<ApprovalRecord> = {}): SaidApproval =>
  draft(jp, {
    quorum,
    // The author of the fixture's packet is ana.
    packet: { path: ".sot/03-PROTOCOLS/P-APPROVAL-PACKET.md", author: "jp", checksSha256: null },
    approver: { principal, method: "sshsig", keyFingerprint: key.fingerprint, assurance: "A2" },
    ...change,
  });
const voice = (principal: string, key: RealKey, change: Partial<ApprovalRecord> = {}): SignedWords => {
  const { bytes } = recordBy(principal, key, change);
  return { record: bytes, signature: signBy(key, bytes, NS) };
};

const facts = (said: readonly SignedWords[], change: Partial<ApprovalFacts> = {}): ApprovalFacts => ({
  ...approvalFacts(jp),
  said,
  authority: ok(TWO),
  trust: ok({ ...trustOf(SIGNERS), digest }),
  history: history(recordBy("jp", jp)),
  ...change,
});
const codesOf = (said: readonly SignedWords[], change: Partial<ApprovalFacts> = {}): readonly string[] =>
  refusalsOf(approve(facts(said, change))).map(({ code }) => code);

const both = [voice("jp", jp), voice("ana", ana)];

test("two of two, each with a key of his own, are one approval with every record, in the order of their files", () => {
  const made = must(approve(facts(both)));
  expect(made.voices.map(({ record }) => record.approver.principal)).toEqual(["ana", "jp"]);
  expect(made.record.approver.principal).toBe("ana");
  expect(must(approve(facts(both.toReversed()))).digest).toBe(made.digest);
});

test("a quorum is as sure as the least sure of its records", () => {
  const token = hardwareKey("ed25519");
  const signers = { ...trustOf(signerLine(jp) + signerLine(token, "ana")), digest };
  const { bytes } = recordBy("ana", ana, {
    approver: { principal: "ana", method: "sshsig", keyFingerprint: null, assurance: "A2" },
  });
  const sure = { record: bytes, signature: token.sign(bytes, NS, 5) };
  const made = must(approve(facts([voice("jp", jp), sure], { trust: ok(signers) })));
  expect([made.assurance, ...made.voices.map(({ assurance }) => assurance)]).toEqual(["A2", "A3", "A2"]);
  const untouched = { record: bytes, signature: token.sign(bytes, NS, 0) };
  expect(codesOf([voice("jp", jp), untouched], { trust: ok(signers) })).toEqual(["approval/no-user-presence"]);
});

const shared = { ...trustOf(signerLine(jp, "jp,ana")), digest };
const two = makeKey(folder, "jp-second");
const rich = { ...trustOf(SIGNERS + signerLine(two)), digest };

test.each<[string, readonly SignedWords[], Partial<ApprovalFacts>, readonly string[]]>([
  ["one of two", [voice("jp", jp)], {}, ["approval/quorum-not-met"]],
  ["the same record twice", [both[0], both[0]] as SignedWords[], {}, ["approval/quorum-not-met"]],
  ["one person with two keys", [voice("jp", jp), voice("jp", two)], { trust: ok(rich) }, ["approval/quorum-not-met"]],
  ["one key under two names", [voice("jp", jp), voice("ana", jp)], { trust: ok(shared) }, ["approval/quorum-not-met"]],
  [
    "one whom policy does not name",
    [voice("jp", jp), voice("bob", bob, { quorum: { ...quorum, eligible: ["jp", "ana", "bob"] } })],
    {},
    ["approval/not-eligible", "approval/contradicts-contract"],
  ],
  ["a record in another's name", [voice("jp", jp), voice("ana", bob)], {}, ["approval/not-eligible"]],
  [
    "a second one that is not signed",
    [voice("jp", jp), { record: recordBy("ana", ana).bytes, signature: "absent" }],
    {},
    ["approval/not-signed"],
  ],
  [
    "another id",
    [voice("jp", jp), voice("ana", ana, { approvalId: "ap-214" })],
    {},
    ["approval/unknown-challenge", "approval/records-disagree"],
  ],
  [
    "another validity",
    [
      voice("jp", jp),
      voice("ana", ana, { validity: { ...recordBy("jp", jp).record.validity, executeBy: "2026-06-05T00:00:00.000Z" } }),
    ],
    {},
    ["approval/records-disagree"],
  ],
  [
    "records that ask less than policy",
    [voice("jp", jp, { quorum: { ...quorum, required: 1 } })],
    {},
    ["approval/contradicts-contract", "approval/quorum-not-met"],
  ],
  [
    "the author where policy does not count him",
    both,
    { authority: ok(policyOf("approval:\n  quorum: 2\n  eligible: [jp, ana]\n  authorMayApprove: false")) },
    ["approval/by-the-author"],
  ],
  [
    "the author where policy says nothing and others could",
    both,
    { authority: ok(policyOf("approval:\n  quorum: 2\n  eligible: [jp, ana]")) },
    ["approval/by-the-author"],
  ],
])("%s is refused", (_, said, change, codes) => {
  expect(codesOf(said, change)).toEqual(codes);
});

test("a policy that says nothing of it means one signature, the owner's, who may be the author", () => {
  const alone = { quorum: { ...quorum, required: 1, eligible: ["jp"], selfApproved: true } };
  expect(codesOf([voice("jp", jp, alone)], { authority: ok(policy()) })).toEqual([]);
  expect(
    codesOf([voice("ana", ana, { quorum: { ...alone.quorum, eligible: ["ana", "jp"] } })], { authority: ok(policy()) }),
  ).toEqual(["approval/not-the-owner", "approval/contradicts-contract"]);
});

test("an owner alone whom policy does not count as author cannot approve what he wrote", () => {
  const strict = policyOf("approval:\n  authorMayApprove: false");
  const alone = { quorum: { ...quorum, required: 1, eligible: ["jp"] } };
  expect(codesOf([voice("jp", jp, alone)], { authority: ok(strict) })).toEqual(["approval/by-the-author"]);
});

test.each([
  ["nobody", "approval:\n  eligible: []"],
  ["nought", "approval:\n  quorum: 0"],
  ["more than are eligible", "approval:\n  quorum: 2\n  eligible: [jp]"],
  ["more than the owner", "approval:\n  quorum: 2"],
  ["a name twice", "approval:\n  eligible: [jp, jp]"],
  ["a pattern", 'approval:\n  eligible: ["*"]'],
  ["an unknown member", "approval:\n  deputies: [ana]"],
])("a policy that asks %s is refused", (_, lines) => {
  const text = `${must(ok(lines))}\n`;
  const read = readPolicy({
    path: "policy.yaml",
    bytes: Buffer.from(policyText().replace("approvalExpiryMs:", `${text}approvalExpiryMs:`)),
    digest: policy().digest,
  });
  expect(refusalsOf(read).map(({ code }) => code)).toEqual(["gate/policy-unreadable"]);
});

function policyText(): string {
  let text = "";
  policy((whole) => (text = whole));
  return text;
}
