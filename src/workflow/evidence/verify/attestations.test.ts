import { afterAll, expect, test } from "vitest";

import { makeOwnKeys, OWN_KEYS, ownSignerLines, type TestOwnKey } from "../../../../test/fixtures/own-keys.ts";
import {
  bytesOf,
  failures,
  sampleBundle,
  sealedOf,
  signedFiles,
  textOf,
  utf8,
  type Edit,
  type FileMap,
} from "../../../../test/fixtures/sample-bundle.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { signerLineOf } from "../../own-keys.ts";
import { bundleFiles } from "../bundle-files.ts";
import { sigstoreBundle, toSign } from "../envelope.ts";
import { runStatement, verdictStatement, type Statement } from "../statement.ts";
import { verdictProperties } from "../verdict-properties.ts";
import type { Verdict } from "./verdict.ts";
import { verifyBundle } from "./verify.ts";

const bundle = sampleBundle();
const { record, given, key: owner } = bundle.world;
afterAll(() => bundle.world.remove());

const RUN = "attestations/run.sigstore.json";
const TESTS = "attestations/tests.sigstore.json";
const VERDICT = "attestations/verdict.sigstore.json";
const STRANGER = makeOwnKeys();
const OWNER_LINE = `jp namespaces="approval@cto-harness,admission@cto-harness" ${owner.publicKey}\n`;

const verdictOn = (files: FileMap, signers: string): Promise<Verdict> =>
  verifyBundle(files, [], { allowedSigners: utf8(signers) }, nodeVerifyTools);
const rowOf = ({ checks }: Verdict, id: string): string => {
  const row = checks.find((check) => check.id === id);
  return row === undefined ? "no row" : `${row.verdict} ${row.says}`;
};

/** The same statement, signed again by another key. */
const signedBy = (key: TestOwnKey, statement: Statement, named: string = key.fingerprint): Uint8Array => {
  const asked = toSign(statement);
  return sigstoreBundle(asked, named, key.sign(asked.signed));
};

const edited =
  (name: string, change: (text: string) => string): Edit =>
  (files) => {
    const text = textOf(files, name);
    const after = change(text);
    if (after === text) throw new Error(`nothing was changed in ${name}`);
    files.set(name, utf8(after));
  };

const payloadOf = (text: string): string => /"payload": "([^"]*)"/.exec(text)?.[1] ?? "";
const withPayload = (change: (payload: string) => string): Edit =>
  edited(RUN, (text) => text.replace(payloadOf(text), change(payloadOf(text))));
const inPayload = (from: string, to: string): Edit =>
  withPayload((payload) => Buffer.from(Buffer.from(payload, "base64").toString().replace(from, to)).toString("base64"));

const files = (): Map<string, Uint8Array> => bundle.sealed();
const statement = runStatement(record, bundleFiles(record, given));
const other = bundle.world.ending("voided");

const HOSTILE: readonly (readonly [string, Edit, string, string])[] = [
  [
    "the run's attestation is missing",
    (all) => all.delete(RUN),
    "run-statement",
    "bundle.json says that it must be there",
  ],
  [
    "the tests' attestation is missing",
    (all) => all.delete(TESTS),
    "tests-statement",
    "bundle.json says that it must be there",
  ],
  [
    "the verdict is missing",
    (all) => all.delete(VERDICT),
    "verdict-statement",
    "bundle.json says that it must be there",
  ],
  [
    "another attestation lies beside them",
    (all) => all.set("attestations/other.sigstore.json", bytesOf(all, RUN)),
    "attestations",
    "no bundle has such an attestation",
  ],
  [
    "the run is signed again by an attacker",
    (all) => all.set(RUN, signedBy(STRANGER.harness, statement)),
    "run-statement",
    "it names another key than bundle.json",
  ],
  [
    "an attacker signs under the Harness's name",
    (all) => all.set(RUN, signedBy(STRANGER.harness, statement, OWN_KEYS.harness.fingerprint)),
    "run-statement",
    "it does not fit its bytes",
  ],
  [
    "an attacker's key is embedded",
    edited(RUN, (text) => text.replace('"hint":', '"rawBytes": "AAAA",\n      "hint":')),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "a certificate stands in place of the key",
    edited(RUN, (text) => text.replace(/"publicKey": \{[^}]*\}/, '"certificate": { "rawBytes": "AAAA" }')),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "the verdict is signed by the Harness's key",
    (all) => all.set(VERDICT, signedBy(OWN_KEYS.harness, verdictStatement(record, bytesOf(all, RUN), []))),
    "verdict-statement",
    "it names another key than bundle.json",
  ],
  [
    "the statement of another run is put in",
    (all) => all.set(RUN, bytesOf(sealedOf(other.record, other.given), RUN)),
    "run-statement",
    "it is over other files",
  ],
  [
    "the verdict of another run is put in",
    (all) => all.set(VERDICT, bytesOf(sealedOf(other.record, other.given), VERDICT)),
    "verdict-statement",
    "it is over another run statement",
  ],
  [
    "the tests of another tree are put in",
    (all) => all.set(TESTS, bytesOf(sealedOf(other.record, other.given), TESTS)),
    "tests-statement",
    "it tells of another result",
  ],
  [
    "one statement stands for another",
    (all) => all.set(TESTS, bytesOf(all, RUN)),
    "tests-statement",
    "it does not read as a test result",
  ],
  [
    "there are two signatures",
    edited(RUN, (text) => text.replace(/("signatures": \[\n)(\s*\{[^}]*\})/, "$1$2,\n$2")),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "there is no signature",
    edited(RUN, (text) => text.replace(/"signatures": \[[^\]]*\]/, '"signatures": []')),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "the payload is of another type",
    edited(RUN, (text) => text.replace("vnd.in-toto+json", "vnd.other+json")),
    "run-statement",
    "its payload is of another type",
  ],
  [
    "the base64 has spare bits",
    edited(TESTS, (text) => text.replace(/"sig": "([^"]*)(.)=="/, (_, head: string) => `"sig": "${head}B=="`)),
    "tests-statement",
    "its base64 is not in its one form",
  ],
  [
    "the base64 is of the other alphabet",
    withPayload((payload) => `${payload.slice(0, -1)}-`),
    "run-statement",
    "its base64 is not in its one form",
  ],
  [
    "a key of the envelope is there twice",
    edited(RUN, (text) => text.replace('"payloadType":', '"payloadType": "x",\n    "payloadType":')),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "a key of the payload is there twice",
    inPayload('"predicateType":', '"predicateType": "x",\n  "predicateType":'),
    "run-statement",
    "its payload does not read",
  ],
  [
    "the payload begins with a byte order mark",
    withPayload((payload) => Buffer.concat([Buffer.from("\uFEFF"), Buffer.from(payload, "base64")]).toString("base64")),
    "run-statement",
    "its payload does not read",
  ],
  ["the payload is edited", inPayload("governed-run", "governed-rum"), "run-statement", "it does not fit its bytes"],
  [
    "keyid and hint differ",
    edited(RUN, (text) => text.replace(/"keyid": "[^"]*"/, `"keyid": "${STRANGER.harness.fingerprint}"`)),
    "run-statement",
    "its keyid and its hint name two keys",
  ],
  [
    "the envelope is written otherwise",
    edited(RUN, (text) => text.replace("{\n", "{ \n")),
    "run-statement",
    "it is not written in its one form",
  ],
  [
    "a log entry is claimed",
    edited(RUN, (text) => text.replace('"tlogEntries": []', '"tlogEntries": [{}]')),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
  [
    "another version of the format is named",
    edited(RUN, (text) => text.replace("v0.3+json", "v0.2+json")),
    "run-statement",
    "it does not read as a Sigstore bundle",
  ],
];

test.each(HOSTILE)("R115 it is FAIL when %s, and the check is named", async (_, edit, id, says) => {
  const all = files();
  edit(all);
  const verdict = await bundle.verify(all);
  expect(verdict.verdict).toBe("FAIL");
  expect(rowOf(verdict, id)).toMatch(/^FAIL/);
  expect(rowOf(verdict, id)).toContain(says);
});

const line = (role: "harness" | "verifier", options: string): string => `${role} ${options} ${OWN_KEYS[role].line}\n`;
const VERIFIER = signerLineOf(OWN_KEYS.verifier);
const RUN_ROLES = 'namespaces="run@cto-harness,ledger@cto-harness"';

test.each<[string, string, string, string]>([
  [
    "its window is open",
    `${OWNER_LINE}${line("harness", `${RUN_ROLES},valid-after="20260601Z",valid-before="20260602Z"`)}${VERIFIER}\n`,
    "PASS",
    "named by the trust file",
  ],
  [
    "it expired before the seal",
    `${OWNER_LINE}${line("harness", `${RUN_ROLES},valid-before="20260531Z"`)}${VERIFIER}\n`,
    "FAIL",
    "had no role run@cto-harness when the run was sealed",
  ],
  [
    "it is valid only later",
    `${OWNER_LINE}${line("harness", `${RUN_ROLES},valid-after="20260701Z"`)}${VERIFIER}\n`,
    "FAIL",
    "had no role run@cto-harness when the run was sealed",
  ],
  [
    "it is trusted for other namespaces only",
    line("harness", 'namespaces="ledger@cto-harness,verdict@cto-harness"'),
    "NOT-PROVEN",
    "neither the trust file nor an approval names a key",
  ],
  ["only the owner is known, who approved it", OWNER_LINE, "PASS", "named by the owner's approval"],
  [
    "another Harness key is trusted, and the owner approved this one",
    `${OWNER_LINE}${signerLineOf(STRANGER.harness)}\n`,
    "PASS",
    "named by the owner's approval",
  ],
  [
    "another Harness key is trusted, and no owner is known",
    `${signerLineOf(STRANGER.harness)}\n`,
    "FAIL",
    "is no key for run@cto-harness",
  ],
])("R115 a run signed by a key is judged by the reader's trust: %s", async (_, signers, word, says) => {
  const verdict = await verdictOn(files(), signers);
  expect(rowOf(verdict, "run-statement")).toMatch(new RegExp(`^${word} `));
  expect(rowOf(verdict, "run-statement")).toContain(says);
});

test("without any trust every signature that fits is NOT-PROVEN, and whose it is stays open", async () => {
  const verdict = await verifyBundle(files(), [], "none", nodeVerifyTools);
  for (const id of ["run-statement", "tests-statement", "verdict-statement"])
    expect(rowOf(verdict, id)).toMatch(/^NOT-PROVEN signed by SHA256:\S+; whose key that is needs trust/);
  expect(verdict.notClaimed[0]).toMatch(/^harness signature: none by a key that the given trust names/);
});

test("a whole bundle by an attacker's keys is FAIL against a trust that names others, and claims no Harness", async () => {
  const forged = { ...record, keys: { harness: STRANGER.harness.line, verifier: STRANGER.verifier.line } };
  const forgery = signedFiles(forged, bundleFiles(forged, given), STRANGER);
  const verdict = await bundle.verify(forgery);
  expect(verdict.verdict).toBe("FAIL");
  expect(rowOf(verdict, "run-statement")).toContain("the owner approved a run by another Harness key");
  expect(rowOf(verdict, "verdict-statement")).toContain("is no key for verdict@cto-harness");
  expect((await verdictOn(forgery, `${OWNER_LINE}${ownSignerLines(STRANGER)}`)).verdict).toBe("FAIL");
});

test("an owner's signature that does not verify vouches for no Harness key", async () => {
  const all = files().set("approval/approval.jp.json.sig", bytesOf(files(), "approval/admission.json.sig"));
  expect(rowOf(await verdictOn(all, OWNER_LINE), "run-statement")).toMatch(/^NOT-PROVEN/);
});

test("a verdict by the run's own key is no verdict, though bundle.json says so", async () => {
  const keys = { harness: OWN_KEYS.harness, verifier: OWN_KEYS.harness };
  const same = { ...record, keys: { harness: keys.harness.line, verifier: keys.harness.line } };
  const verdict = await bundle.verify(signedFiles(same, bundleFiles(same, given), keys));
  expect(rowOf(verdict, "attestations")).toContain("run and verdict are signed by the same key");
  expect(rowOf(verdict, "verdict-statement")).toContain("is no key for verdict@cto-harness");
});

test("the verdict says only what was shown, and a property that does not hold is FAIL", async () => {
  const shown = verdictProperties(record, await bundle.verify(files()));
  expect(shown).toEqual([
    "CTO_APPROVAL_BOUND",
    "CTO_APPROVAL_A2",
    "CTO_SCOPE_RESPECTED",
    "CTO_PATCH_REPLAYED",
    "CTO_TESTS_PASSED",
    "CTO_TARGET_OWNED",
    "CTO_CONFINED",
  ]);
  const said = (properties: readonly string[], run = record, from = given): Promise<Verdict> =>
    bundle.verify(signedFiles(run, bundleFiles(run, from), OWN_KEYS, properties));
  expect(failures(await said(shown))).toEqual([]);
  expect(rowOf(await said(["CTO_MADE_UP"]), "verdict-statement")).toMatch(/^NOT-PROVEN it says CTO_MADE_UP/);
  const voided = await said(["CTO_TESTS_PASSED"], other.record, other.given);
  expect(rowOf(voided, "verdict-statement")).toMatch(/^FAIL it says CTO_TESTS_PASSED, which does not hold/);
  const blocked = bundle.world.ending("blocked");
  expect(verdictProperties(blocked.record, await bundle.verify(sealedOf(blocked.record, blocked.given)))).toEqual([]);
  expect(rowOf(await said(["CTO_APPROVAL_BOUND"], blocked.record, blocked.given), "verdict-statement")).toMatch(
    /^FAIL/,
  );
});
