import { afterAll, expect, test } from "vitest";

import { ownSignerLines } from "../../../../test/fixtures/own-keys.ts";
import {
  failures,
  sampleBundle,
  sealedOf,
  textOf,
  utf8,
  type FileMap,
} from "../../../../test/fixtures/sample-bundle.ts";
import { makeKey, signBy } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { writeRevocationRecord, type RevocationRecord } from "../../approval/revocation-record.ts";
import { digestOf, type Digest } from "../../digest.ts";
import { workId } from "../../ids.ts";
import type { SignedRecord } from "./later.ts";
import { readLogProof } from "./note.ts";
import type { Check } from "./verdict.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());
const { key } = bundle.world;
const stranger = makeKey(bundle.world.folder, "stranger");
const voided = sealedOf(bundle.world.ending("voided").record, bundle.world.ending("voided").given);

const NAMESPACE = "revocation@cto-harness";
const OWNER = `jp namespaces="approval@cto-harness,admission@cto-harness,${NAMESPACE}" ${key.publicKey}\n`;
const STRANGER = `eve namespaces="${NAMESPACE}" ${stranger.publicKey}\n`;
const work = workId("CTO-WORK-049");
const other = workId("CTO-WORK-050");
if (work === undefined || other === undefined) throw new Error("no work id");
const approval = digestOf(voided.get("approval/approval.jp.json") ?? "");
const note = readLogProof(textOf(voided, "approval/consumption.tlog-proof"))?.note;
if (note === undefined) throw new Error("the sample spent its approval");

const WITHDRAWN: RevocationRecord = {
  approvalId: "ap-213",
  workId: work,
  reason: "second thoughts",
  decidedAt: "2026-06-01T10:01:02.000Z",
  revoker: { principal: "jp", keyFingerprint: key.fingerprint },
  operator: { uid: 0, tty: null },
  authority: { allowedSignersSha256: digestOf("signers") },
  ledgerCheckpoint: { origin: note.origin, size: note.size, rootHash: Buffer.from(note.root).toString("base64") },
};

const signed = (text: string, by = key, namespace = NAMESPACE): SignedRecord => ({
  record: utf8(text),
  signature: signBy(by, text, namespace),
});
const said = (change: Partial<RevocationRecord> = {}, of: readonly Digest[] = [approval], by = key): SignedRecord =>
  signed(writeRevocationRecord({ ...WITHDRAWN, ...change }, of), by);

const judged = async (withdrawal: SignedRecord, files: FileMap = voided, trust = OWNER): Promise<readonly Check[]> => {
  const root = { allowedSigners: utf8(`${trust}${ownSignerLines()}`) };
  const { checks } = await verifyBundle(files, [], root, nodeVerifyTools, { withdrawal });
  return checks.filter(({ id }) => id === "withdrawal");
};

test("a withdrawal of the approval that a voided run used passes", async () => {
  const root = { allowedSigners: utf8(`${OWNER}${ownSignerLines()}`) };
  const verdict = await verifyBundle(voided, [], root, nodeVerifyTools, { withdrawal: said() });
  expect(failures(verdict)).toEqual([]);
  expect(verdict.checks.find(({ id }) => id === "withdrawal")?.says).toContain("ap-213 was taken back");
});

const eve = { principal: "eve", keyFingerprint: stranger.fingerprint };
const CHECKPOINT = WITHDRAWN.ledgerCheckpoint;
test.each<readonly [string, () => SignedRecord, string, Partial<Check>]>([
  [
    "in another namespace",
    () => signed(writeRevocationRecord(WITHDRAWN, [approval]), key, "outcome@cto-harness"),
    OWNER,
    { says: expect.stringContaining("another role") },
  ],
  ["without its signature", () => ({ ...said(), signature: "absent" }), OWNER, { code: "evidence/signature-missing" }],
  [
    "with another reason than was signed",
    () => ({ ...said({ reason: "x" }), record: said().record }),
    OWNER,
    { says: "it does not fit these bytes and its key" },
  ],
  [
    "by a key without that role",
    () => said(),
    OWNER.replace(`,${NAMESPACE}`, ""),
    { code: "evidence/signature-invalid" },
  ],
  [
    "by somebody who could not approve",
    () => said({ revoker: eve }, [approval], stranger),
    `${OWNER}${STRANGER}`,
    { says: "it is by somebody who could not approve either" },
  ],
  [
    "by another key than it names",
    () => said({ revoker: { principal: "jp", keyFingerprint: stranger.fingerprint } }),
    OWNER,
    { says: "another key signed than it names" },
  ],
  [
    "with a key twice",
    () => signed(writeRevocationRecord(WITHDRAWN, [approval]).replace('"reason"', '"reason":"x","reason"')),
    OWNER,
    { says: "it does not read as withdrawal/v1" },
  ],
  ["of another approval", () => said({ approvalId: "ap-214" }), OWNER, { says: "it takes back another approval" }],
  [
    "of other approval records",
    () => said({}, [approval, digestOf("x")]),
    OWNER,
    { says: "it takes back other approval records" },
  ],
  ["of another work item", () => said({ workId: other }), OWNER, { says: "it is about another work item" }],
  [
    "over another ledger",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, origin: "cto-harness/ledger/x" } }),
    OWNER,
    { says: expect.stringContaining("another ledger") },
  ],
  [
    "from before the approval",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, size: 213 } }),
    OWNER,
    { says: expect.stringContaining("before the approval") },
  ],
  [
    "over another history",
    () => said({ ledgerCheckpoint: { ...CHECKPOINT, rootHash: Buffer.alloc(32).toString("base64") } }),
    OWNER,
    { says: expect.stringContaining("another root") },
  ],
])("a withdrawal counts for nothing: %s", async (_, withdrawal, trust, row) => {
  expect(await judged(withdrawal(), voided, trust)).toContainEqual(
    expect.objectContaining({ verdict: "FAIL", ...row }),
  );
});

test("a withdrawal that names a time before the commit leaves the run unproven, one from later does not", async () => {
  const landed = bundle.sealed();
  expect(await judged(said(), landed)).toMatchObject([{ verdict: "NOT-PROVEN" }]);
  expect(await judged(said({ decidedAt: "2026-06-01T12:00:00.000Z" }), landed)).toMatchObject([{ verdict: "PASS" }]);
});
