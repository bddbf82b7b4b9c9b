import { afterAll, expect, test } from "vitest";

import {
  ADMISSION_PATH,
  ADMITTED,
  admissionFacts,
  CONTRACT,
  later,
  NOW,
  OBSERVATION,
  oid,
  policy,
  signerLine,
  source,
  TARGET,
  trustOf,
} from "../../../test/fixtures/governed.ts";
import { makeKey, removeFolder, signBy, temporaryFolder } from "../../../test/fixtures/ssh.ts";
import type { Contract } from "../contract/contract.ts";
import { refusal } from "../refusal.ts";
import { ok, refuse, refusalsOf } from "../result.ts";
import { NOTHING_REVOKED } from "../revoked-keys.ts";
import { readAdmissionRecord, withStatus, writeAdmissionRecord } from "./admission-record.ts";
import type { AdmissionRecord } from "./admission.ts";
import { admit, type AdmissionFacts } from "./admit.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const jp = makeKey(folder, "jp");
const ana = makeKey(folder, "ana");
const facts = admissionFacts(jp);
const codesOf = (change: Partial<AdmissionFacts>): readonly string[] =>
  refusalsOf(admit({ ...facts, ...change })).map(({ code }) => code);
const signed = (change: Partial<AdmissionRecord>): Partial<AdmissionFacts> => {
  const { record, signature } = admissionFacts(jp, change);
  return { record, signature };
};
const packetOf = (
  change: Partial<Contract["targetRepository"]>,
  rest: Partial<Contract> = {},
): Partial<AdmissionFacts> => ({
  contract: { ...CONTRACT, ...rest, targetRepository: { ...CONTRACT.targetRepository, ...change } },
});
const removedAs = (status: "suspended" | "revoked"): Partial<AdmissionFacts> => {
  const digest = facts.record === "absent" ? undefined : facts.record.digest;
  return { removed: new Map(digest === undefined ? [] : [[digest, { status, reason: "an incident" }]]) };
};

test("R036 R037 a record that its owner signed about exactly this repository admits it", () => {
  expect(admit(facts)).toMatchObject({
    ok: true,
    value: { record: ADMITTED, keyFingerprint: jp.fingerprint, observation: OBSERVATION },
  });
});

const altered = source(ADMISSION_PATH, writeAdmissionRecord({ ...ADMITTED, stages: [4, 5] }));

test.each<[string, Partial<AdmissionFacts>, readonly string[]]>([
  ["R036 no record", { record: "absent" }, ["admission/absent"]],
  ["R036 a record without a signature", { signature: "absent" }, ["admission/not-signed"]],
  ["R036 a record changed after it was signed", { record: altered }, ["admission/signature-invalid"]],
  ["R043 a record that was suspended since", removedAs("suspended"), ["admission/suspended"]],
  ["R043 a record that was revoked since, laid back with its signature", removedAs("revoked"), ["admission/revoked"]],
  [
    "R036 a signature for another role",
    { signature: signBy(jp, writeAdmissionRecord(ADMITTED), "approval@cto-harness") },
    ["admission/signature-invalid"],
  ],
  ["R036 a text in place of a signature", { signature: Buffer.from("I admit it") }, ["admission/signature-invalid"]],
  [
    "R038 the signature of a key that nobody named",
    { signature: signBy(ana, writeAdmissionRecord(ADMITTED), "admission@cto-harness") },
    ["admission/not-the-owner"],
  ],
  [
    "R038 the signature of another principal",
    {
      trust: ok(trustOf(signerLine(jp) + signerLine(ana, "ana"))),
      signature: signBy(ana, writeAdmissionRecord(ADMITTED), "admission@cto-harness"),
    },
    ["admission/not-the-owner"],
  ],
  [
    "R036 a key without the role",
    { trust: ok(trustOf(signerLine(jp, "jp", "approval@cto-harness"))) },
    ["admission/not-the-owner"],
  ],
  [
    "R036 a revoked key",
    { trust: ok({ ...trustOf(signerLine(jp)), revoked: { ...NOTHING_REVOKED, sha256: new Set([jp.fingerprint]) } }) },
    ["admission/signature-invalid"],
  ],
  ["R038 another owner in the packet's target", packetOf({ owner: "ana" }), ["admission/not-the-owner"]],
  ["R038 another owner in the frontmatter", packetOf({}, { owner: "ana" }), ["admission/not-the-owner"]],
  ["R037 a proposed record", signed({ status: "proposed" }), ["admission/proposed"]],
  ["R043 a suspended record", signed({ status: "suspended", reason: "audit" }), ["admission/suspended"]],
  ["R043 a revoked record", signed({ status: "revoked" }), ["admission/revoked"]],
  [
    "R043 a suspension that nobody signed",
    { record: source(ADMISSION_PATH, writeAdmissionRecord(withStatus(ADMITTED, "suspended", "stop"))) },
    ["admission/suspended"],
  ],
  ["R037 an expired record", { now: later(NOW, Date.parse(ADMITTED.expiresAt) - NOW.epochMs) }, ["admission/expired"]],
  ["a record of the future", signed({ admittedAt: "2026-06-01T10:00:00.001Z" }), ["gate/clock-disagrees"]],
  [
    "R039 another path in the record",
    signed({ path: "/srv/other" }),
    ["admission/not-the-repository", "admission/not-the-repository"],
  ],
  ["R039 another path in the packet", packetOf({ path: "/srv/other" }), ["admission/not-the-repository"]],
  [
    "R039 a path that leads elsewhere",
    { observation: ok({ ...OBSERVATION, realPath: "/srv/real" }) },
    ["admission/not-the-repository"],
  ],
  ["R039 another device", { observation: ok({ ...OBSERVATION, device: "1" }) }, ["admission/not-the-repository"]],
  ["R039 another inode", { observation: ok({ ...OBSERVATION, inode: "9" }) }, ["admission/not-the-repository"]],
  [
    "R039 other root commits",
    { observation: ok({ ...OBSERVATION, rootCommits: [oid("d")] }) },
    ["admission/not-the-repository"],
  ],
  [
    "R039 one root commit more",
    { observation: ok({ ...OBSERVATION, rootCommits: [oid("c"), oid("d")] }) },
    ["admission/not-the-repository"],
  ],
  ["R042 another branch", { observation: ok({ ...OBSERVATION, branch: "dev" }) }, ["admission/branch-differs"]],
  [
    "R037 another branch in the packet",
    packetOf({ observedState: { branch: "dev", clean: true, when: "x" } }),
    ["admission/claim-differs"],
  ],
  ["R037 another status in the packet", packetOf({ admissionStatus: "proposed" }), ["admission/claim-differs"]],
  ["R037 another risk in the packet", packetOf({ riskClassification: "high" }), ["admission/claim-differs"]],
  [
    "R040 a risk class that policy does not list",
    { ...signed({ riskClassification: "high" }), ...packetOf({ riskClassification: "high" }) },
    ["admission/risk-not-allowed"],
  ],
  [
    "R040 a risk class that every object has",
    { ...signed({ riskClassification: "toString" }), ...packetOf({ riskClassification: "toString" }) },
    ["admission/risk-not-allowed"],
  ],
  ["R036 another stage", signed({ stages: [0, 4] }), ["admission/stage-not-allowed"]],
  ["R036 another backend", signed({ backends: ["acp"] }), ["admission/backend-not-allowed"]],
  [
    "R041 a target that the preflight refused",
    { observation: refuse(refusal("admission/bare", { found: "core.bare" })) },
    ["admission/bare"],
  ],
  ["R055 no policy", { authority: refuse(refusal("gate/policy-absent", { path: "p" })) }, ["gate/policy-absent"]],
])("%s is refused", (_, change, codes) => {
  expect(codesOf(change)).toEqual(codes);
});

test("every objection is told at once, also when policy, signers and target cannot be read", () => {
  const unread = {
    authority: refuse(refusal("gate/policy-absent", { path: "p" })),
    trust: refuse(refusal("approval/no-signer", { problem: "none" })),
    observation: refuse(refusal("admission/bare", { found: "x" })),
  };
  const rest = ["gate/policy-absent", "approval/no-signer", "admission/bare"];
  expect(codesOf({ ...unread, record: "absent" })).toEqual(["admission/absent", ...rest]);
  expect(codesOf({ ...unread, record: source(ADMISSION_PATH, "{}") })).toEqual([
    "admission/record-unreadable",
    ...rest,
  ]);
  expect(codesOf({ ...unread, ...signed({ status: "suspended", stages: [1] }) })).toEqual([
    "admission/suspended",
    "admission/stage-not-allowed",
    ...rest,
  ]);
});

test("a key must have had its role when it admitted, and have it still", () => {
  const from = (option: string): Partial<AdmissionFacts> => ({
    trust: ok(trustOf(`jp namespaces="admission@cto-harness",${option} ${jp.publicKey}\n`)),
  });
  expect(codesOf(from('valid-after="20260430Z",valid-before="20260602Z"'))).toEqual([]);
  expect(codesOf(from('valid-after="20260502Z"'))).toEqual(["admission/not-the-owner"]);
  expect(codesOf(from('valid-before="20260531Z"'))).toEqual(["admission/not-the-owner"]);
});

test("R036 a record reads back as it was written", () => {
  expect(readAdmissionRecord(Buffer.from(writeAdmissionRecord(ADMITTED)))).toEqual({ ok: true, value: ADMITTED });
});

const json = (change: object): string => JSON.stringify({ ...ADMITTED, ...change });

test.each([
  ["not JSON", "admitted"],
  ["an unknown key", json({ defaultBackend: "case" })],
  ["a missing key", json({ owner: undefined })],
  ["a key twice", json({}).replace('"status":"admitted"', '"status":"revoked","status":"admitted"')],
  ["an unknown status", json({ status: "Admitted" })],
  ["an unknown schema", json({ schema: "cto/admission/v2" })],
  ["a relative path", json({ path: "srv/target" })],
  ["a path that climbs", json({ path: "/srv/../etc" })],
  ["a path that climbs behind the end of a line of Unicode", json({ path: "/srv/a\u2028/../../etc" })],
  ["a path that is doubled behind one", json({ path: "/srv/a\u2029//etc" })],
  ["a path with a final slash", json({ path: `${TARGET}/` })],
  ["no root commit", json({ rootCommits: [] })],
  ["a root commit twice", json({ rootCommits: [oid("c"), oid("c")] })],
  ["an inode that is a number", json({ inode: 131 })],
  ["a stage that does not exist", json({ stages: [6] })],
  ["a backend that does not exist", json({ backends: ["any"] })],
  ["a time without zone", json({ expiresAt: "2026-12-01T00:00:00" })],
  ["a day that does not exist", json({ expiresAt: "2026-02-30T00:00:00Z" })],
  ["an expiry before its beginning", json({ expiresAt: "2026-04-01T00:00:00.000Z" })],
  ["a control character in the owner", json({ owner: "jp\u{1b}[2J" })],
  ["more than 64 KiB", json({ reason: "x".repeat(70_000) })],
])("a record with %s is not read", (_, text) => {
  expect(readAdmissionRecord(Buffer.from(text))).toMatchObject({
    ok: false,
    refusals: [{ code: "admission/record-unreadable" }],
  });
});

test("R040 the risk class of a packet that policy allows passes whatever its name", () => {
  const authority = ok(policy((text) => text.replace("low_risk_noncritical", "tiny")));
  expect(
    codesOf({ authority, ...signed({ riskClassification: "tiny" }), ...packetOf({ riskClassification: "tiny" }) }),
  ).toEqual([]);
});
