import { createHash } from "node:crypto";

import { afterAll, expect, test } from "vitest";

import { failures, sampleBundle, utf8, type SampleBundle } from "../../../../test/fixtures/sample-bundle.ts";
import { approverBy, type SampleApprover, type SampleOptions } from "../../../../test/fixtures/sample-run.ts";
import {
  hardwareKey,
  makeKey,
  removeFolder,
  signBy,
  stockAccepts,
  temporaryFolder,
} from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import type { Trust } from "./tools.ts";
import type { Verdict } from "./verdict.ts";
import { verifyBundle } from "./verify.ts";

const folder = temporaryFolder();
const opened: SampleBundle[] = [];
afterAll(() => {
  for (const { world } of opened) world.remove();
  removeFolder(folder);
});
const open = (options: SampleOptions = {}): SampleBundle => {
  const bundle = sampleBundle(options);
  opened.push(bundle);
  return bundle;
};

const plain = open();
const jp = makeKey(folder, "jp");
const ana = makeKey(folder, "ana");
const NAMESPACE = "approval@cto-harness";

const tokens = { ed25519: hardwareKey("ed25519"), ecdsa: hardwareKey("ecdsa") };
const tokenBy = (kind: "ed25519" | "ecdsa", flags: number): SampleApprover => {
  const token = tokens[kind];
  const fingerprint = createHash("sha256").update(token.blob).digest("base64").replace(/=+$/, "");
  return {
    principal: "jp",
    publicKey: token.publicKey,
    fingerprint: `SHA256:${fingerprint}`,
    ...(flags === 5 ? { level: "A3" as const } : {}),
    sign: (record) => token.sign(record, NAMESPACE, flags),
  };
};

const rowsOf = ({ checks }: Verdict, id: string): readonly (readonly [string, string])[] =>
  checks.filter((check) => check.id === id).map(({ verdict, says }) => [verdict, says]);

const CASES = (["ed25519", "ecdsa"] as const).flatMap((kind) => [
  [kind, 0, "A2", "the key was not touched"] as const,
  [kind, 4, "A2", "the key was not touched"] as const,
  [kind, 1, "A2", "jp, A2"] as const,
  [kind, 5, "A2", "jp, A3"] as const,
  [kind, 0, "A3", "A2 is below the minimum A3"] as const,
  [kind, 1, "A3", "A2 is below the minimum A3"] as const,
  [kind, 4, "A3", "A2 is below the minimum A3"] as const,
  [kind, 5, "A3", "jp, A3"] as const,
]);

const touched = (["A2", "A3"] as const).flatMap((minimum) =>
  (["ed25519", "ecdsa"] as const).map(
    (kind) => [`${kind} ${minimum}`, open({ approvers: [tokenBy(kind, 5)], minimum })] as const,
  ),
);
const byKey = new Map(touched);

test.each(touched)("a bundle with an approval by a touched and verified key %s passes", async (_, bundle) => {
  expect(failures(await bundle.verify(bundle.sealed()))).toEqual([]);
});

test.each(CASES)(
  "R047 a hardware signature %s with flags %d under minimum %s: %s",
  async (kind, flags, minimum, says) => {
    const bundle = byKey.get(`${kind} ${minimum}`) ?? plain;
    const file = "approval/approval.jp.json";
    const message = bundle.sealed().get(file) ?? utf8("");
    const signature = tokenBy(kind, flags).sign(message);
    const verdict = await bundle.verify(bundle.resealed((files) => files.set(`${file}.sig`, signature)));
    const isGood = says.startsWith("jp");
    const [first = ["", ""]] = rowsOf(verdict, "approval");
    expect([first[0], first[1].slice(0, says.length)]).toEqual([isGood ? "PASS" : "FAIL", says]);
    // Stock ssh-keygen takes all of them: nobody but our own check looks at the flags.
    const signers = new TextDecoder().decode(bundle.world.allowedSigners);
    expect(stockAccepts(folder, { signers, principal: "jp", namespace: NAMESPACE, message, signature })).toBe(true);
  },
);

const two = { approvers: [approverBy("ana", ana), approverBy("jp", jp)] };
const policyOf =
  (lines: string) =>
  (text: string): string =>
    text.replace("approvalExpiryMs:", `${lines}\napprovalExpiryMs:`);
const TWO_OF_TWO = "approval:\n  quorum: 2 # both\n  eligible:\n    - ana\n    - jp\n  authorMayApprove: true";

test("a quorum of two passes with both records, and ssh-keygen accepts each of them", async () => {
  const bundle = open({ ...two, policy: policyOf(TWO_OF_TWO) });
  const verdict = await bundle.verify(bundle.sealed());
  expect(failures(verdict)).toEqual([]);
  expect(rowsOf(verdict, "quorum")).toEqual([["PASS", "2 of 2: ana, jp"]]);
  for (const { principal, publicKey } of two.approvers) {
    const file = `approval/approval.${principal}.json`;
    const signature = bundle.sealed().get(`${file}.sig`) ?? utf8("");
    const message = bundle.sealed().get(file) ?? "";
    const signers = `${principal} namespaces="${NAMESPACE}" ${publicKey}\n`;
    expect(stockAccepts(folder, { signers, principal, namespace: NAMESPACE, message, signature })).toBe(true);
  }
});

const QUORUM: readonly (readonly [string, SampleOptions, string])[] = [
  ["of which policy asks one only", two, "policy.yaml asks 1 approvals, the record 2"],
  [
    "of which policy asks three",
    { ...two, policy: policyOf(TWO_OF_TWO.replace("quorum: 2", "quorum: 3")) },
    "policy.yaml asks 3 approvals, the record 2",
  ],
  [
    "by one key under two names",
    { approvers: [approverBy("ana", jp), approverBy("jp", jp)], policy: policyOf(TWO_OF_TWO) },
    "1 of 2 approvals are there",
  ],
  [
    "of whom policy names others",
    { ...two, policy: policyOf(TWO_OF_TWO.replace("- ana", "- bob")) },
    "the record lets others approve than policy.yaml",
  ],
  [
    "with the author, whom policy does not count",
    { ...two, policy: policyOf(TWO_OF_TWO.replace("true", "false")) },
    "the packet's own author approved it, which policy.yaml does not count",
  ],
];

test.each(QUORUM)("two records %s fail", async (_, options, says) => {
  const bundle = open(options);
  const rows = rowsOf(await bundle.verify(bundle.sealed()), "quorum");
  expect(rows).toContainEqual(["FAIL", says]);
});

test("a quorum of which one record was taken away fails", async () => {
  const bundle = open({ ...two, policy: policyOf(TWO_OF_TWO) });
  const verdict = await bundle.verify(
    bundle.resealed((files) => {
      files.delete("approval/approval.jp.json");
      files.delete("approval/approval.jp.json.sig");
    }),
  );
  expect(rowsOf(verdict, "quorum")).toEqual([["FAIL", "1 of 2 approvals are there"]]);
});

test.each([
  ["in one line", "approval: { quorum: 2, eligible: [ana, jp] }"],
  ["under a quoted key", '"approval":\n  quorum: 2'],
  ["with a member that is not known", "approval:\n  deputies: 2"],
])("a quorum that policy.yaml writes %s is not guessed", async (_, lines) => {
  const bundle = open({ policy: policyOf(lines) });
  expect(rowsOf(await bundle.verify(bundle.sealed()), "quorum")[0]?.[0]).toBe("NOT-PROVEN");
});

const trusting = (bundle: SampleBundle, trust: Partial<Trust & object> = {}): Promise<Verdict> =>
  verifyBundle(bundle.sealed(), [], { allowedSigners: bundle.world.allowedSigners, ...trust }, nodeVerifyTools);

test("the list that the gate read stands in the bundle, and a key that it names makes it worth nothing", async () => {
  const innocent = open({ revokedKeys: utf8(`${ana.publicKey} lost\n`) });
  expect(failures(await trusting(innocent))).toEqual([]);
  expect(rowsOf(await trusting(innocent), "revocation")[0]?.[1]).toMatch(
    /^no signing key is in the home's own list, sha256 [0-9a-f]{8}; the reader's list is not there$/,
  );
  const guilty = open({ approvers: [approverBy("jp", ana)], revokedKeys: utf8(`${ana.publicKey} lost\n`) });
  expect(rowsOf(await trusting(guilty), "revocation")).toEqual([
    ["FAIL", "it is by a key that the home's own list revokes"],
  ]);
});

test("a bundle without such a list says that the home had none", async () => {
  const text = new TextDecoder().decode(plain.sealed().get("bundle.json"));
  expect(text).toContain("The home had no revoked_keys when the gate was asked: nothing was revoked.");
  expect(text).not.toContain("revoked_keys is not part of the bundle");
  expect(rowsOf(await trusting(plain), "revocation")).toEqual([
    ["PASS", "the home's own list is not there; the reader's list is not there"],
  ]);
});

test("the reader's own list of revoked keys counts, whatever the bundle says", async () => {
  const revokedKeys = utf8(`${plain.world.key.publicKey}\n`);
  expect(rowsOf(await trusting(plain, { revokedKeys }), "revocation")).toEqual([
    ["FAIL", "it is by a key that the reader's list revokes"],
    ["FAIL", "it is by a key that the reader's list revokes"],
  ]);
  const unread = await trusting(plain, { revokedKeys: utf8("SSHKRL\n\0") });
  expect(unread.verdict).toBe("FAIL");
  expect(failures(await trusting(open({ revokedKeys: utf8("nothing that reads\n") }))).join()).toContain(
    "does not read as revoked keys",
  );
});

const SPLICED = [
  "approval/approval.jp.json",
  "approval/approval.jp.json.sig",
  "approval/admission.json",
  "approval/admission.json.sig",
  "approval/packet.md",
  "approval/contract.json",
  "approval/challenge.json",
  "approval/consumption.json",
  "freshness-proof.json",
  "stage5-owned-repo-proof.json",
  "patch.diff",
  "test.log",
  "repo/commit.raw",
] as const;

// The same keys sign in both, so that nothing but what they signed differs.
const [one, other] = [open({ approvers: [approverBy("jp", jp)] }), open({ approvers: [approverBy("jp", jp)] })];

test.each(SPLICED)(
  "%s of one run, spliced into the bundle of another and listed and summed anew, fails",
  async (name) => {
    const theirs = other.sealed().get(name);
    if (theirs === undefined) throw new Error("it has no such file");
    const spliced = one.resealed((files) => files.set(name, theirs));
    const isSame = Buffer.from(theirs).equals(one.sealed().get(name) ?? new Uint8Array());
    expect((await one.verify(spliced)).verdict).toBe(isSame ? "PASS" : "FAIL");
  },
);

test("approval and signature of one run together are worth nothing in another", async () => {
  const spliced = one.resealed((files) => {
    for (const [name, bytes] of other.sealed()) if (name.startsWith("approval/")) files.set(name, bytes);
  });
  const failed = (await one.verify(spliced)).checks.filter(({ verdict }) => verdict === "FAIL").map(({ id }) => id);
  expect(failed).toEqual(expect.arrayContaining(["commit", "freshness", "owned-repo"]));
});

test("whoever signs everything anew with a key of his own fails against trust from outside, with his keys beside it too", async () => {
  const mallory = makeKey(folder, "mallory");
  const forged = plain.resealed((files) => {
    for (const [file, namespace] of [
      ["approval/approval.jp.json", NAMESPACE],
      ["approval/admission.json", "admission@cto-harness"],
    ] as const)
      files.set(`${file}.sig`, signBy(mallory, files.get(file) ?? "", namespace));
  });
  const verdict = await plain.verify(forged);
  expect(rowsOf(verdict, "approval")[0]?.[0]).toBe("FAIL");
  expect(rowsOf(verdict, "admission")[0]?.[0]).toBe("FAIL");
  const none = await verifyBundle(forged, [], "none", nodeVerifyTools);
  expect(none.verdict).not.toBe("PASS");
  // A copy of keys has no place in a bundle: no reader can take it for the trust root by mistake.
  const signers = utf8(`jp namespaces="${NAMESPACE}" ${mallory.publicKey}\n`);
  const withKeys = new Map(forged).set("approval/allowed_signers", signers);
  expect(failures(await plain.verify(withKeys)).join("\n")).toContain("approval/allowed_signers");
});

test.each([
  ["expired before the run", ',valid-before="20260601100030Z"'],
  ["not valid yet when it was signed", ',valid-after="20260601100030Z"'],
  ["not valid yet at all", ',valid-after="20260701Z"'],
  ["expired on some wall, by a time without Z", ',valid-before="20260601"'],
])("a key that was %s fails", async (_, option) => {
  const line = `jp namespaces="approval@cto-harness,admission@cto-harness"${option} ${plain.world.key.publicKey}\n`;
  expect(rowsOf(await trusting(plain, { allowedSigners: utf8(line) }), "approval")[0]?.[0]).toBe("FAIL");
});
