import { afterAll, expect, test } from "vitest";

import { WORK } from "../../../../test/fixtures/governed.ts";
import { ownSignerLines } from "../../../../test/fixtures/own-keys.ts";
import { failures, sampleBundle, sealedOf, utf8, type FileMap } from "../../../../test/fixtures/sample-bundle.ts";
import { acceptanceOf, evidenceOf } from "../../../../test/fixtures/sample-outcome.ts";
import { makeKey, signBy } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { digestOf } from "../../digest.ts";
import { runId } from "../../ids.ts";
import { LIMITS } from "../../limits.ts";
import { writeOutcomeRecord, type JudgedEvidence, type OutcomeRecord } from "../../outcome/outcome-record.ts";
import type { SignedRecord } from "./later.ts";
import type { Check } from "./verdict.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());
const { key } = bundle.world;
const stranger = makeKey(bundle.world.folder, "stranger");
const sealed = bundle.sealed();

const NAMESPACE = "outcome@cto-harness";
const signers = (roles: string, more = ""): string =>
  `jp namespaces="approval@cto-harness,admission@cto-harness" ${key.publicKey}\n${roles}${more}${ownSignerLines()}`;
const OWNER = `jp namespaces="${NAMESPACE}" ${key.publicKey}\n`;

const ACCEPTED = acceptanceOf(sealed);
const { commit, ledgerCheckpoint: CHECKPOINT } = ACCEPTED;
const REJECTED: OutcomeRecord = {
  ...ACCEPTED,
  outcome: "rejected",
  reason: "not what I meant",
  sentence: null,
  judged: [],
  acknowledged: [],
};

const bytesOf = (record: OutcomeRecord, evidence: JudgedEvidence = evidenceOf(sealed)): Uint8Array =>
  utf8(writeOutcomeRecord(record, evidence));
const signed = (record: Uint8Array, by = key, namespace = NAMESPACE): SignedRecord => ({
  record,
  signature: signBy(by, record, namespace),
});
const said = (change: Partial<OutcomeRecord> = {}, evidence?: JudgedEvidence): SignedRecord =>
  signed(bytesOf({ ...ACCEPTED, ...change }, evidence));

interface Asked {
  readonly files?: FileMap;
  /** Empty for none. */
  readonly trust?: string;
  readonly revoked?: string;
}
const judged = async (
  outcome: SignedRecord,
  { files = sealed, trust = signers(OWNER), revoked }: Asked = {},
): Promise<readonly Check[]> => {
  const root =
    trust === ""
      ? "none"
      : { allowedSigners: utf8(trust), ...(revoked === undefined ? {} : { revokedKeys: utf8(revoked) }) };
  const { checks } = await verifyBundle(files, [], root, nodeVerifyTools, { outcome });
  return checks.filter(({ id }) => id === "outcome");
};

test.each([
  ["accepted", ACCEPTED],
  ["rejected", REJECTED],
  [
    "accepted over a ledger that grew since",
    { ...ACCEPTED, ledgerCheckpoint: { ...ACCEPTED.ledgerCheckpoint, size: 400 } },
  ],
])("an outcome of the owner about this very bundle passes: %s", async (_, record) => {
  const outcome = signed(bytesOf(record));
  const verdict = await verifyBundle(sealed, [], { allowedSigners: utf8(signers(OWNER)) }, nodeVerifyTools, {
    outcome,
  });
  expect(failures(verdict)).toEqual([]);
  expect(verdict.checks.find(({ id }) => id === "outcome")?.says).toContain(
    `${record.outcome} by jp, A2, ${key.fingerprint}`,
  );
  expect(verdict.notClaimed.join()).not.toContain("outcome: not given");
});

test("an outcome that is not given is no row, and it is said that none was", async () => {
  const verdict = await bundle.verify(sealed);
  expect([verdict.verdict, verdict.checks.some(({ id }) => id === "outcome")]).toEqual(["PASS", false]);
  expect(verdict.notClaimed.join()).toContain("outcome: not given");
});

const FOREIGN = evidenceOf(
  sealedOf(bundle.world.ending("interrupted").record, bundle.world.ending("interrupted").given),
);

test.each<readonly [string, () => SignedRecord, Asked, Partial<Check>]>([
  [
    "in another namespace",
    () => signed(bytesOf(ACCEPTED), key, "approval@cto-harness"),
    {},
    { says: "it is for another role than outcome@cto-harness" },
  ],
  [
    "without its signature",
    () => ({ record: bytesOf(ACCEPTED), signature: "absent" }),
    {},
    { code: "evidence/signature-missing" },
  ],
  [
    "with no signature in the file",
    () => ({ record: bytesOf(ACCEPTED), signature: utf8("x") }),
    {},
    { says: "it does not read as an SSH signature" },
  ],
  [
    "with a signature beyond its bound",
    () => ({ record: bytesOf(ACCEPTED), signature: new Uint8Array(LIMITS.signatureBytesMax + 1) }),
    {},
    { says: "it does not read as an SSH signature" },
  ],
  [
    "with another reason than was signed",
    () => ({ ...said(), record: bytesOf({ ...ACCEPTED, reason: "fine" }) }),
    {},
    { says: "it does not fit these bytes and its key" },
  ],
  [
    "by a key that nobody knows",
    () => signed(bytesOf(ACCEPTED), stranger),
    {},
    { says: `${stranger.fingerprint} is no key of jp for outcome@cto-harness at that time` },
  ],
  [
    "by a key of somebody else",
    () => signed(bytesOf(ACCEPTED), stranger),
    { trust: signers(OWNER, `eve namespaces="${NAMESPACE}" ${stranger.publicKey}\n`) },
    { says: expect.stringContaining("is no key of jp") },
  ],
  [
    "by somebody else who names himself",
    () => signed(bytesOf({ ...ACCEPTED, approver: { ...ACCEPTED.approver, principal: "eve" } }), stranger),
    { trust: signers(OWNER, `eve namespaces="${NAMESPACE}" ${stranger.publicKey}\n`) },
    { says: "it is by another than the owner" },
  ],
  ["by a key without that role", () => said(), { trust: signers("") }, { code: "evidence/signature-invalid" }],
  [
    "by a key whose time had passed",
    () => said(),
    { trust: signers(OWNER.replace(" ssh-", ',valid-before="20260601103000Z" ssh-')) },
    { says: expect.stringContaining("at that time") },
  ],
  [
    "by a key whose time had not come",
    () => said(),
    { trust: signers(OWNER.replace(" ssh-", ',valid-after="20260601113000Z" ssh-')) },
    { says: expect.stringContaining("at that time") },
  ],
  [
    "by a key that was revoked",
    () => said(),
    { revoked: `${key.publicKey}\n` },
    { says: expect.stringContaining("the reader's list revokes") },
  ],
  [
    "while the list of revoked keys does not read",
    () => said(),
    { revoked: "nonsense\n" },
    { says: expect.stringContaining("the reader's list revokes") },
  ],
  [
    "with a key twice",
    () => signed(utf8(new TextDecoder().decode(bytesOf(ACCEPTED)).replace('"reason":""', '"reason":"","reason":"x"'))),
    {},
    { says: "it does not read as outcome/v1", file: "outcome.json" },
  ],
  [
    "with a byte order mark",
    () => signed(utf8(`\uFEFF${new TextDecoder().decode(bytesOf(ACCEPTED))}`)),
    {},
    { says: "it does not read as outcome/v1" },
  ],
  [
    "beyond 64 KiB",
    () => signed(bytesOf({ ...ACCEPTED, reason: "x".repeat(65_536) })),
    {},
    { says: "it is larger than 65536 bytes", file: "outcome.json" },
  ],
  ["of another run", () => said({ runId: runId(WORK, 2) }), {}, { says: "it is about another run" }],
  [
    "of another bundle",
    () => said({}, FOREIGN),
    {},
    { says: "it is about another bundle: other sums or another statement" },
  ],
  [
    "of another run statement",
    () => said({}, { ...evidenceOf(sealed), statement: digestOf("x") }),
    {},
    { code: "evidence/later-differs" },
  ],
  [
    "that leaves the run statement out",
    () => said({}, { ...evidenceOf(sealed), statement: "none" }),
    {},
    { code: "evidence/later-differs" },
  ],
  ["of another commit", () => said({ commit: ACCEPTED.base }), {}, { says: "it is about another commit" }],
  ["of another base", () => said({ base: commit }), {}, { says: "it is about a commit on another base" }],
  [
    "in other words",
    () => said({ sentence: `${ACCEPTED.sentence} Thanks.` }),
    {},
    { says: "its sentence is not the one that accepts this run" },
  ],
  ["without words", () => said({ sentence: null }), {}, { says: "its sentence is not the one that accepts this run" }],
  [
    "silent about what the report shows",
    () => said({ acknowledged: [] }),
    {},
    { says: expect.stringContaining("denied/push") },
  ],
  [
    "with criteria that nobody left to the owner",
    () => said({ judged: ["C99"] }),
    {},
    { says: expect.stringContaining("it judges other criteria") },
  ],
  [
    "rejected without a reason",
    () => signed(bytesOf({ ...REJECTED, reason: " " })),
    {},
    { says: "it is a rejection without a reason" },
  ],
  [
    "rejected in words that accept",
    () => signed(bytesOf({ ...REJECTED, sentence: ACCEPTED.sentence })),
    {},
    { says: "it is a rejection with a sentence that accepts" },
  ],
  [
    "over another ledger",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, origin: "cto-harness/ledger/other" } }),
    {},
    { says: "it was signed over cto-harness/ledger/other, another ledger" },
  ],
  [
    "from before the seal",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, size: CHECKPOINT.size - 1 } }),
    {},
    {
      says: `it was signed over ${CHECKPOINT.size - 1} records of the ledger, before record ${CHECKPOINT.size} sealed the run`,
    },
  ],
  [
    "over another history of the same length",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, rootHash: Buffer.alloc(32).toString("base64") } }),
    {},
    { says: expect.stringContaining("had another root") },
  ],
  [
    "over a root that is none",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, size: 400, rootHash: "AAAA" } }),
    {},
    { code: "evidence/later-differs" },
  ],
  [
    "that claims a touched key",
    () => said({ approver: { ...ACCEPTED.approver, assurance: "A3" } }),
    {},
    { says: "it says A3 of a signature that is A2" },
  ],
])("an outcome counts for nothing: %s", async (_, outcome, asked, row) => {
  const rows = await judged(outcome(), asked);
  expect(rows).toContainEqual(expect.objectContaining({ verdict: "FAIL", ...row }));
  expect(rows.filter(({ verdict }) => verdict !== "FAIL")).toEqual([]);
});

test.each(["voided", "blocked", "failed", "stopped"] as const)(
  "a run that ended as %s has no outcome",
  async (kind) => {
    const { record, given } = bundle.world.ending(kind);
    const files = sealedOf(record, given);
    const rows = await judged(signed(bytesOf(ACCEPTED, evidenceOf(files))), { files });
    expect(rows).toContainEqual(
      expect.objectContaining({ verdict: "FAIL", says: `a run that ended as ${kind} has no such outcome` }),
    );
  },
);

test("without trust an outcome that fits is not proven, and one that does not fit fails all the same", async () => {
  expect(await judged(said(), { trust: "" })).toMatchObject([{ verdict: "NOT-PROVEN" }]);
  expect(await judged(said({ runId: runId(WORK, 2) }), { trust: "" })).toContainEqual(
    expect.objectContaining({ verdict: "FAIL", says: "it is about another run" }),
  );
});

test("an outcome that names a time before the run's end is not proven: a key that ended could name any", async () => {
  expect(await judged(said({ decidedAt: "2026-06-01T09:00:00.000Z" }))).toMatchObject([{ verdict: "NOT-PROVEN" }]);
});
