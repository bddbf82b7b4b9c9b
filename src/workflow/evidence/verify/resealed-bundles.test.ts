import { afterAll, expect, test } from "vitest";

import { OWN_KEYS } from "../../../../test/fixtures/own-keys.ts";
import {
  failures,
  sampleBundle,
  sealedOf,
  signedFiles,
  textOf,
  utf8,
  type Edit,
  type FileMap,
  type SampleBundle,
} from "../../../../test/fixtures/sample-bundle.ts";
import type { SampleOptions } from "../../../../test/fixtures/sample-run.ts";
import { hardwareKey } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { digestOf } from "../../digest.ts";
import { renderings } from "../bundle-files.ts";
import { sumsOf } from "../bundle.ts";
import { ENDINGS } from "../ending.ts";
import type { RunRecord } from "../run-record.ts";
import { reportSchema } from "../schemas/report.ts";
import type { Trust } from "./tools.ts";
import type { Verdict } from "./verdict.ts";
import { verifyBundle } from "./verify.ts";

// Whoever holds the keys of a home can seal anything. What humans signed, and what a reader brings, he cannot change.
const opened: SampleBundle[] = [];
afterAll(() => {
  for (const { world } of opened) world.remove();
});
const open = (options: SampleOptions = {}): SampleBundle => {
  const bundle = sampleBundle(options);
  opened.push(bundle);
  return bundle;
};
const plain = open();
const { record, given } = plain.world;

const verified = (files: FileMap, trust: Partial<Trust & object> = {}, of: SampleBundle = plain): Promise<Verdict> =>
  verifyBundle(files, [], { allowedSigners: of.world.allowedSigners, ...trust }, nodeVerifyTools);
const rowsOf = ({ checks }: Verdict, id: string): readonly (readonly [string, string])[] =>
  checks.filter((check) => check.id === id).map(({ verdict, says }) => [verdict, says]);

/** Files of a run as its own keys would seal them, with words changed in the two that tell of it. */
const toldOtherwise = (files: Map<string, Uint8Array>, edit: Edit): FileMap => {
  for (const name of files.keys()) if (name.startsWith("attestations/")) files.delete(name);
  edit(files);
  const listed = textOf(files, "bundle.json").replaceAll(
    /"path": "([^"]+)",([^}]*?)"sha256": "[0-9a-f]{64}",\s*"size": \d+/g,
    (whole, path: string, between: string) => {
      const bytes = files.get(path);
      return bytes === undefined
        ? whole
        : `"path": "${path}",${between}"sha256": "${digestOf(bytes)}",\n      "size": ${bytes.length}`;
    },
  );
  files.set("bundle.json", utf8(listed));
  files.set("SHA256SUMS", utf8(sumsOf(files)));
  return signedFiles(record, files);
};

test.each(ENDINGS)("a bundle called a rollback's is none, however the run ended: %s", async (kind) => {
  const { record: ended, given: beside } = plain.world.ending(kind);
  const files = toldOtherwise(sealedOf(ended, beside), (all) => {
    for (const name of ["bundle.json", "report.json"])
      all.set(name, utf8(textOf(all, name).replace('"kind": "execute"', '"kind": "rollback"')));
  });
  expect(rowsOf(await verified(files), "bundle")).toEqual([["FAIL", "it does not read as bundle/v1"]]);
});

const revoking = (...lines: readonly string[]): Partial<Trust & object> => ({
  revokedKeys: utf8(`${lines.join("\n")}\n`),
});
const FILES_BY_THE_HARNESS = [
  "approval/consumption.tlog-proof",
  "attestations/run.sigstore.json",
  "attestations/sealed.tlog-proof",
  "attestations/tests.sigstore.json",
  "events.checkpoint",
  "events.normalized.jsonl",
];

test.each([
  ["the Harness's", "awaiting_outcome", revoking(OWN_KEYS.harness.line), FILES_BY_THE_HARNESS],
  ["the verifier's", "awaiting_outcome", revoking(OWN_KEYS.verifier.line), ["attestations/verdict.sigstore.json"]],
  [
    "the Harness's, of a run that was blocked,",
    "blocked",
    revoking(OWN_KEYS.harness.line),
    FILES_BY_THE_HARNESS.filter((file) => !/consumption|tests/.test(file)),
  ],
] as const)(
  "a bundle by %s key that the reader revokes fails for every file that it signed",
  async (_, kind, trust, names) => {
    const ended = plain.world.ending(kind);
    const { verdict, checks } = await verified(sealedOf(ended.record, ended.given), trust);
    const found = checks.filter(
      ({ id, says }) => id === "revocation" && says === "it is by a key that the reader's list revokes",
    );
    expect([verdict, found.map(({ file }) => file).toSorted()]).toEqual(["FAIL", [...names]]);
  },
);

test("a key of the home that its own list revokes is worth nothing, and a blocked run may carry the list that blocked it", async () => {
  const own = open({ revokedKeys: utf8(`${OWN_KEYS.harness.line}\n`) });
  expect(rowsOf(await verified(own.sealed(), {}, own), "revocation")).toContainEqual([
    "FAIL",
    "it is by a key that the home's own list revokes",
  ]);
  const blocked = plain.world.ending("blocked");
  const human = new Map([...blocked.given, ["approval/revoked_keys", utf8(`${plain.world.key.publicKey}\n`)] as const]);
  expect(failures(await verified(sealedOf(blocked.record, human)))).toEqual([]);
  const unread = new Map([...blocked.given, ["approval/revoked_keys", utf8("no list at all\n")] as const]);
  expect(failures(await verified(sealedOf(blocked.record, unread)))).toEqual([]);
});

const readings = (digest: RunRecord["harness"]["build"]): RunRecord["inputs"]["build"] => ({
  atApproval: digest,
  atGate: digest,
  atCommit: digest,
});
const other = digestOf("another");
const inputs = (input: "build" | "signers"): RunRecord["inputs"] => ({ ...record.inputs, [input]: readings(other) });

test.each<readonly [string, RunRecord, string]>([
  [
    "by another build, told openly",
    { ...record, harness: { ...record.harness, build: other }, inputs: inputs("build") },
    "it approves a run by another build",
  ],
  [
    "by another version, told openly",
    { ...record, harness: { ...record.harness, version: "9.9.9" } },
    "the report is by another build than the approved one",
  ],
  [
    "under other signers, told openly",
    { ...record, inputs: inputs("signers") },
    "it approves a run under another allowed_signers",
  ],
  [
    "by a build that changed before the commit",
    { ...record, inputs: { ...record.inputs, build: { ...record.inputs.build, atCommit: other } } },
    "it approves a run by another build",
  ],
])("a run %s is not the approved one", async (_, lying, says) => {
  expect(rowsOf(await verified(sealedOf(lying, given)), "bindings")).toContainEqual(["FAIL", says]);
});

const LIMITS: readonly (readonly [string, SampleOptions, string, string])[] = [
  [
    "admitted until a month before it",
    { admission: (a) => ({ ...a, expiresAt: "2026-05-02T00:00:00.000Z" }) },
    "limits",
    "it was not in force when the approval was used",
  ],
  [
    "admitted a month after it",
    { admission: (a) => ({ ...a, admittedAt: "2026-07-01T00:00:00.000Z" }) },
    "limits",
    "it was not in force when the approval was used",
  ],
  ["admitted for another stage", { admission: (a) => ({ ...a, stages: [3] }) }, "limits", "it admits no such stage"],
  [
    "admitted for another backend",
    { admission: (a) => ({ ...a, backends: ["scripted"] }) },
    "limits",
    "it admits no such backend",
  ],
  [
    "admitted in another risk class",
    { admission: (a) => ({ ...a, riskClassification: "critical" }) },
    "limits",
    "contract or approval tell another risk class",
  ],
  [
    "admitted in a class that policy does not allow",
    { admission: (a) => ({ ...a, riskClassification: "critical" }) },
    "limits",
    "it allows no run of risk class critical",
  ],
  [
    "admitted by another owner",
    { admission: (a) => ({ ...a, owner: "ana" }) },
    "limits",
    "it is by another owner than the contract's",
  ],
  [
    "approved by a build that is not this one",
    { approval: (r) => ({ ...r, harness: { ...r.harness, buildSha256: other } }) },
    "bindings",
    "it approves a run by another build",
  ],
  [
    "approved by a version that is not this one",
    { approval: (r) => ({ ...r, harness: { ...r.harness, version: "9.9.9" } }) },
    "bindings",
    "the report is by another build than the approved one",
  ],
  [
    "approved under other signers",
    { approval: (r) => ({ ...r, authority: { ...r.authority, allowedSignersSha256: other } }) },
    "bindings",
    "it approves a run under another allowed_signers",
  ],
  [
    "approved for a repository of another root",
    { approval: (r) => ({ ...r, target: { ...r.target, rootCommits: [r.target.headCommit, r.target.headCommit] } }) },
    "bindings",
    "it approves a repository of other root commits",
  ],
  [
    "approved in another risk class",
    { approval: (r) => ({ ...r, admission: { ...r.admission, riskClass: "critical" } }) },
    "limits",
    "contract or approval tell another risk class",
  ],
  [
    "approved under another admission",
    { approval: (r) => ({ ...r, admission: { ...r.admission, path: "other.json" } }) },
    "limits",
    "the approval names another admission than the contract",
  ],
  [
    "of which policy demands a hardware key",
    { policy: (text) => text.replace("minimumAssurance: A2", "minimumAssurance: A3") },
    "approval",
    "A2 is below the minimum A3",
  ],
  [
    "of which policy demands more confinement",
    { policy: (text) => text.replace("minimumConfinement: B", "minimumConfinement: A") },
    "limits",
    "it demands confinement A, the run had B",
  ],
  [
    "with a denied attempt, which policy makes the end of it",
    { policy: (text) => text.replace("deniedAttempts: record", "deniedAttempts: void") },
    "limits",
    "it ends a run with a denied attempt, and this one went on to its commit",
  ],
];

test.each(LIMITS)("a run %s fails", async (_, options, id, says) => {
  const bundle = open(options);
  expect(rowsOf(await verified(bundle.sealed(), {}, bundle), id)).toContainEqual(["FAIL", says]);
});

test.each<readonly [string, (text: string) => string]>([
  ["not clean", (text) => text.replace('"clean": true', '"clean": false')],
  ["suspended", (text) => text.replace('"status": "admitted"', '"status": "suspended"')],
])("an approval of a target that was %s is none", async (_, edit) => {
  const file = "approval/approval.jp.json";
  const files = plain.resealed((all) => all.set(file, utf8(edit(textOf(all, file)))));
  expect(rowsOf(await verified(files), "bindings")).toContainEqual(["FAIL", "it does not read as approval/v1"]);
});

test.each([
  ["a class in one line", "  low_risk_noncritical: { minimumAssurance: A2, minimumConfinement: B }", "PASS"],
  [
    "a class with words behind it",
    "  low_risk_noncritical: # ours\n    minimumAssurance: A2\n    minimumConfinement: B # enough",
    "PASS",
  ],
  [
    "a class in a form that is not read",
    '  low_risk_noncritical:\n    minimumAssurance: "A2"\n    minimumConfinement: B',
    "NOT-PROVEN",
  ],
  ["half a class", "  low_risk_noncritical:\n    minimumAssurance: A2", "NOT-PROVEN"],
  [
    "the same class twice",
    "  low_risk_noncritical: { minimumAssurance: A2, minimumConfinement: B }\n  low_risk_noncritical: { minimumAssurance: A0, minimumConfinement: C }",
    "NOT-PROVEN",
  ],
])("policy.yaml with %s is read as it stands or not at all", async (_, lines, word) => {
  const bundle = open({ policy: (text) => text.replace(/(?<=riskClasses:\n)(?: .*\n)+/, `${lines}\n`) });
  const verdict = await verified(bundle.sealed(), {}, bundle);
  expect([verdict.verdict, rowsOf(verdict, "limits").map(([found]) => found)]).toEqual([word, [word]]);
});

const typed = open({
  isTyped: true,
  minimum: "A0",
  policy: (text) => text.replace("minimumAssurance: A2", "minimumAssurance: A0"),
});

test("R047 an approval that no human signed proves nothing unless the reader asks for no more, and is always told", async () => {
  const asked = await verified(typed.sealed(), {}, typed);
  expect([asked.verdict, rowsOf(asked, "approval")]).toEqual([
    "NOT-PROVEN",
    [["NOT-PROVEN", "A0: consent is host-attested only, no human signed it, and the reader asks for A2 at least"]],
  ]);
  const less = await verified(typed.sealed(), { minimumAssurance: "A0" }, typed);
  expect([less.verdict, rowsOf(less, "approval")]).toEqual(["PASS", [["PASS", "A0: consent is host-attested only"]]]);
  for (const { notClaimed } of [asked, less]) expect(notClaimed.join("\n")).toContain("consent is host-attested only");
  expect((await verified(typed.sealed(), { minimumAssurance: "A1" }, typed)).verdict).toBe("NOT-PROVEN");
});

test("R047 a reader may ask for more than policy did, and nobody's asking makes less of what policy demands", async () => {
  const more = await verified(plain.sealed(), { minimumAssurance: "A3" });
  expect(rowsOf(more, "approval")).toEqual([["NOT-PROVEN", "A2, and the reader asks for A3 at least"]]);
  const unsigned = open({ isTyped: true, minimum: "A0" });
  const verdict = await verified(unsigned.sealed(), { minimumAssurance: "A0" }, unsigned);
  expect(rowsOf(verdict, "approval")).toEqual([["FAIL", "A0 is below the minimum A2"]]);
});

test("a run that was stopped at the gate tells of no approval, whoever signed what lies beside it", async () => {
  const blocked = plain.world.ending("blocked");
  const file = "approval/approval.jp.json";
  const bytes = given.get(file) ?? utf8("");
  const forged = [
    [file, bytes],
    [`${file}.sig`, hardwareKey("ed25519").sign(bytes, "approval@cto-harness", 5)],
  ] as const;
  const beside = new Map([...blocked.given, ...forged]);
  // The gate refused such a record, so it stands in the bundle; nothing is said of it.
  const honest = await verified(sealedOf(blocked.record, beside));
  expect([failures(honest), rowsOf(honest, "approval")[0]?.[1]]).toEqual([
    [],
    "no approval was used; what lies here is not judged, as the gate did not let it count",
  ]);
  const told = toldOtherwise(sealedOf(blocked.record, beside), (files) => {
    const report = reportSchema.parse(JSON.parse(textOf(files, "report.json")));
    const approval = {
      approvalId: "ap-213",
      principal: "jp",
      assurance: "A3",
      identity: "verified",
      keyFingerprint: null,
      sentence: "I approve",
      selfApproved: false,
    } as const;
    for (const [name, text] of renderings({ ...report, approval })) files.set(name, text);
  });
  expect(rowsOf(await verified(told), "report")).toContainEqual([
    "FAIL",
    "it tells of an approval, and the gate let none count",
  ]);
});
