import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";

import { RUN } from "../../../../test/fixtures/governed.ts";
import { sampleWorld, type SampleWorld } from "../../../../test/fixtures/sample-run.ts";
import { signBy } from "../../../../test/fixtures/ssh.ts";
import { nodeVerifyTools } from "../../../adapters/archive/verify-tools.ts";
import { contractText, type Contract } from "../../contract/contract.ts";
import { digestOf } from "../../digest.ts";
import { chainStart } from "../../event-chain.ts";
import { REFUSALS } from "../../refusal.ts";
import { bundleFiles } from "../bundle-files.ts";
import { bundleManifest, sumsOf } from "../bundle.ts";
import { ENDINGS } from "../ending.ts";
import { verifyBundle } from "./verify.ts";
import type { Verdict } from "./verdict.ts";

let world: SampleWorld;
beforeAll(() => {
  world = sampleWorld();
});
afterAll(() => world.remove());

const verify = (files: ReadonlyMap<string, Uint8Array>, odd: readonly string[] = []): Verdict =>
  verifyBundle(files, odd, { allowedSigners: world.allowedSigners }, nodeVerifyTools);

const failures = ({ checks }: Verdict): readonly string[] =>
  checks.filter(({ verdict }) => verdict !== "PASS").map(({ id, file, says }) => `${id} ${file ?? ""}: ${says}`);

test.each(ENDINGS)("a run that ended as %s leaves a bundle that passes (R112)", (kind) => {
  const { record, given } = world.ending(kind);
  const verdict = verify(bundleFiles(record, given));
  expect(failures(verdict)).toEqual([]);
  expect(verdict.verdict).toBe("PASS");
});

const sealed = (): Map<string, Uint8Array> => new Map(bundleFiles(world.record, world.given));

/** The same bundle with other files, listed and summed again: what somebody with the folder and without keys could do. */
const resealed = (change: (files: Map<string, Uint8Array>) => void): ReadonlyMap<string, Uint8Array> => {
  const files = sealed();
  change(files);
  files.delete("SHA256SUMS");
  files.delete("bundle.json");
  files.set("bundle.json", utf8(bundleManifest(world.record, files, new Map())));
  files.set("SHA256SUMS", utf8(sumsOf(files)));
  return files;
};

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string): string => new TextDecoder().decode(files.get(name));
const replaceIn = (name: string, from: string, to: string) => (files: Map<string, Uint8Array>) => {
  const text = textOf(files, name);
  expect(text, `${name} holds ${from}`).toContain(from);
  files.set(name, utf8(text.replace(from, to)));
};

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.with(at, (bytes[at] ?? 0) ^ 1);

const MUTATIONS: readonly (readonly [string, (files: Map<string, Uint8Array>, name: string) => void])[] = [
  ["one bit in the middle", (files, name) => files.set(name, flipped(bytesOf(files, name), Math.floor(bytesOf(files, name).length / 2)))],
  ["one bit at the end", (files, name) => files.set(name, flipped(bytesOf(files, name), bytesOf(files, name).length - 1))],
  ["truncated by one byte", (files, name) => files.set(name, bytesOf(files, name).subarray(0, -1))],
  ["emptied", (files, name) => files.set(name, new Uint8Array())],
  ["deleted", (files, name) => files.delete(name)],
  ["one byte added", (files, name) => files.set(name, Uint8Array.of(...bytesOf(files, name), 0x20))],
];
const bytesOf = (files: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array => files.get(name) ?? new Uint8Array();

test.each(MUTATIONS)("no file of a bundle can be changed unseen: %s (R117, edit-one-byte)", (_, mutate) => {
  for (const name of sealed().keys()) {
    const files = sealed();
    mutate(files, name);
    const { verdict, checks } = verify(files);
    expect(verdict, name).toBe("FAIL");
    const first = checks.filter((check) => check.verdict === "FAIL");
    expect(first.some(({ file }) => file === name || name === "SHA256SUMS"), `${name} is named`).toBe(true);
    expect(first.every(({ code }) => code !== undefined && Object.hasOwn(REFUSALS, code)), "each row has a known code").toBe(true);
  }
});

test("no two files of a bundle can be swapped (R117)", () => {
  const names = [...sealed().keys()];
  for (const [at, name] of names.entries()) {
    const other = names[(at + 1) % names.length] ?? "";
    const files = sealed();
    const [one, two] = [bytesOf(files, name), bytesOf(files, other)];
    files.set(name, two).set(other, one);
    expect(verify(files).verdict, `${name} and ${other}`).toBe("FAIL");
  }
});

test.each([
  ["beside the others", "extra.txt"],
  ["in a folder of the bundle", "backend/other.log"],
  ["in a new folder", "more/extra.txt"],
  ["with a name of the table", "redactions.json"],
])("a file added %s is seen (file-added-or-removed)", (_, name) => {
  const verdict = verify(sealed().set(name, utf8("{}")));
  expect(verdict.verdict).toBe("FAIL");
  expect(failures(verdict)[0]).toContain(name);
});

test.each(["link", "link/", "/etc/passwd", ".partial-R-049-01"])("an entry that is no plain file fails the bundle: %s", (name) => {
  const verdict = verify(sealed(), [name]);
  expect(verdict.checks[0]).toMatchObject({ id: "files", verdict: "FAIL", file: name });
  expect(verdict.checks[0]?.code).toBe(name.startsWith(".partial-") ? "verify/not-sealed" : "evidence/file-set-differs");
});

test.each([
  ["climbs", "../escape"],
  ["is absolute", "/etc/passwd"],
  ["has an empty part", "approval//packet.md"],
  ["has a backslash", "approval\\packet.md"],
  ["differs in case only", "APPROVAL/packet.md"],
])("a name that %s fails the bundle", (_, name) => {
  const verdict = verify(sealed().set(name, utf8("x")));
  expect(verdict.checks[0]).toMatchObject({ id: "files", verdict: "FAIL" });
});

const lines = (files: ReadonlyMap<string, Uint8Array>): string[] => textOf(files, LOG).split("\n").slice(0, -1);
const LOG = "events.normalized.jsonl";
const setLines = (files: Map<string, Uint8Array>, log: readonly string[]): void => void files.set(LOG, utf8(log.map((line) => `${line}\n`).join("")));

const CHAIN_ATTACKS: readonly (readonly [string, (log: string[]) => readonly string[]])[] = [
  ["a line is edited", (log) => log.map((line, at) => (at === 3 ? line.replace('"allowed":true', '"allowed":false') : line))],
  ["the last line is edited", (log) => log.map((line, at) => (at === log.length - 1 ? line.replace('"awaiting_outcome"', '"voided"') : line))],
  ["a line is dropped", (log) => log.toSpliced(4, 1)],
  ["the first line is dropped", (log) => log.slice(1)],
  ["two lines are swapped", (log) => log.toSpliced(4, 2, log[5] ?? "", log[4] ?? "")],
  ["a line is repeated", (log) => log.toSpliced(4, 0, log[4] ?? "")],
  ["a second end is appended", (log) => [...log, log.at(-1) ?? ""]],
  ["the tail is cut", (log) => log.slice(0, -1)],
  ["only the first line is left", (log) => log.slice(0, 1)],
  ["nothing is left", () => []],
  ["an empty line is added", (log) => [...log, ""]],
  ["a key stands twice", (log) => log.map((line, at) => (at === 2 ? line.replace("{", '{"type":"cto.gate.checked.v1",') : line))],
  ["a byte order mark is put in front", (log) => [`\uFEFF${log[0] ?? ""}`, ...log.slice(1)]],
  ["a claim is told as an observation", (log) => log.map((line) => line.replace('"trust":"agent-claimed"', '"trust":"harness-observed"'))],
];

test.each(CHAIN_ATTACKS)("a log that was sealed again is still seen when %s (R103, drop-middle-event, empty-log)", (_, attack) => {
  const verdict = verify(resealed((files) => setLines(files, attack(lines(files)))));
  expect(verdict.verdict).toBe("FAIL");
  expect(verdict.checks.filter((check) => check.verdict === "FAIL").map(({ code }) => code)).toContain("evidence/chain-broken");
});

test("an event of a type that nobody knows is not proven, never passed", () => {
  const log = rechained(lines(sealed()).map((line) => line.replaceAll("workspace.prepared", "workspace.invented")));
  const verdict = verify(resealed((files) => setLines(files, log)));
  expect(verdict.checks.find(({ id }) => id === "events")?.verdict).toBe("NOT-PROVEN");
  expect(verdict.verdict).not.toBe("PASS");
});

const rechained = (log: readonly string[]): readonly string[] => {
  const made: string[] = [];
  for (const line of log) {
    const before = made.at(-1);
    const prev = before === undefined ? chainStart(RUN) : digestOf(before);
    made.push(line.replace(/"prevhash":"[0-9a-f]{64}"/, `"prevhash":"${prev}"`));
  }
  return made;
};

test("a bundle rewritten consistently from its first line passes, and says that it does not claim otherwise (replace-whole-chain)", () => {
  const forged = rechained(world.record.events.map((line) => line.replace("may push now", "did nothing")));
  const verdict = verify(bundleFiles({ ...world.record, events: forged }, world.given));
  expect(verdict.verdict).toBe("PASS");
  expect(verdict.notClaimed[0]).toMatch(/^harness signature: sealed without one, whoever can write this folder could rewrite/);
});

const COMMITTED: readonly (readonly [string, string, (files: Map<string, Uint8Array>) => void])[] = [
  ["the packet", "bindings", (files) => files.set("approval/packet.md", utf8(`${textOf(files, "approval/packet.md")}\n`))],
  ["the sentence of the packet", "sentence", replaceIn("approval/packet.md", "I approve CTO-WORK-049", "I approve CTO-WORK-050")],
  ["the allowed paths", "bindings", replaceIn("approval/contract.json", '"allowedPaths":["src/strings.py"', '"allowedPaths":["README.md","src/strings.py"')],
  ["the policy", "bindings", (files) => files.set("approval/policy.yaml", utf8(`${textOf(files, "approval/policy.yaml")}# more\n`))],
  ["the admission", "admission", replaceIn("approval/admission.json", '"inode": "131"', '"inode": "132"')],
  ["the approval", "approval", replaceIn("approval/approval.jp.json", '"approvalId": "ap-213"', '"approvalId": "ap-214"')],
  ["the challenge", "bindings", replaceIn("approval/challenge.json", "BwcH", "BwcI")],
  ["the consumption", "bindings", replaceIn("approval/consumption.json", "R-049-01", "R-049-02")],
  ["the patch", "patch", replaceIn("patch.diff", '+    return "-"', '+    return "_"')],
  ["the test log's exit", "tests", replaceIn("test.log", '"exitCode":0', '"exitCode":1')],
  ["the test log's output", "tests", replaceIn("test.log", "2 passed", "9 passed")],
  ["the tested tree", "tests", (files) => files.set("test.log", utf8(textOf(files, "test.log").replace(/"tree":"[0-9a-f]{40}"/, `"tree":"${"0".repeat(40)}"`)))],
  ["the commit's message", "commit", replaceIn("repo/commit.raw", "CTO-Run: R-049-01", "CTO-Run: R-049-09")],
  ["the commit's parent", "base", replaceIn("repo/commit.raw", "\nparent ", "\nparent 0")],
  ["the base commit", "base", replaceIn("repo/base-commit.raw", "base", "bass")],
  ["the base objects", "patch", (files) => files.set("repo/base.pack", flipped(bytesOf(files, "repo/base.pack"), 40))],
  ["the freshness proof's base", "freshness", replaceIn("freshness-proof.json", '"parentIsBase": true', '"parentIsBase": false')],
  ["a claim of freshness", "freshness", replaceIn("freshness-proof.json", '"single-use-on-this-ledger"', '"absolute-wall-time"')],
  ["the changed paths of the target", "owned-repo", replaceIn("stage5-owned-repo-proof.json", '"path": "src/strings.py"', '"path": "src/other.py"')],
  ["the rehearsal", "owned-repo", replaceIn("stage5-owned-repo-proof.json", '"equalsBaseTree": true', '"equalsBaseTree": false')],
  ["the sandbox's arguments", "confinement", replaceIn("confinement-proof.json", '"--unshare-all"', '"--unshare-pid"')],
  ["the number of denied attempts", "confinement", replaceIn("confinement-proof.json", '"prevented": 1', '"prevented": 0')],
  ["the report's verdict", "report", replaceIn("report.json", '"verdict": "awaiting_outcome"', '"verdict": "voided"')],
  ["the report's default activation", "report", replaceIn("report.json", '"after": false', '"after": true')],
  ["the report's assurance", "report", replaceIn("report.json", '"assurance": "A2"', '"assurance": "A3"')],
  ["a criterion's text", "criteria", replaceIn("report.json", "Runtime default activation remains false.", "All is well.")],
  ["a criterion's status", "criteria", replaceIn("report.json", '"status": "owner-judged"', '"status": "proven"')],
  ["an action's verdict", "actions", replaceIn("report.json", '"verdict": "attempted and denied"', '"verdict": "not observed"')],
  ["an action called impossible", "actions", replaceIn("report.json", '"verdict": "not observed"', '"verdict": "not possible"')],
  ["the summary", "renderings", replaceIn("control-surface.json", '"deniedAttempts": 1', '"deniedAttempts": 0')],
  ["the page", "renderings", replaceIn("report.md", "Drawn from report.json", "Drawn by hand")],
  ["the trace", "renderings", (files) => files.set("trace.jsonl", utf8(textOf(files, "trace.jsonl").replaceAll("R-049-01", "R-049-02")))],
  ["a backend log", "citations", (files) => files.set("backend/stderr.log", utf8("all quiet\n"))],
];

test.each(COMMITTED)("%s cannot be exchanged though the folder is listed and summed again: check %s", (_, id, change) => {
  const verdict = verify(resealed(change));
  expect(verdict.verdict).toBe("FAIL");
  expect(verdict.checks.filter((check) => check.verdict === "FAIL").map((check) => check.id)).toContain(id);
});

test("a denied attempt cannot be left out of the report (R086)", () => {
  const verdict = verify(bundleFiles({ ...world.record, attempts: [] }, world.given));
  expect(failures(verdict).join("\n")).toContain("is left out");
});

test("a commit on a path that the contract does not allow fails, whatever else fits", () => {
  const contract = { ...contractOf(world), allowedPaths: ["src/strings.py"] };
  const given = new Map(world.given).set("approval/contract.json", utf8(contractText(contract)));
  const verdict = verify(bundleFiles({ ...world.record, contract }, given));
  expect(failures(verdict)).toContain("paths patch.diff: test_strings.py is not an allowed path");
});

test("a commit on a forbidden path fails though it is allowed as well", () => {
  const contract = { ...contractOf(world), forbiddenPaths: ["SRC/"] };
  const given = new Map(world.given).set("approval/contract.json", utf8(contractText(contract)));
  const verdict = verify(bundleFiles({ ...world.record, contract }, given));
  expect(failures(verdict)).toContain("paths patch.diff: src/strings.py is forbidden by SRC/");
});

const contractOf = ({ record: { contract } }: SampleWorld): Contract => {
  if (contract === "not-drawn") throw new Error("the sample has a contract");
  return contract;
};

test.each([
  ["another version", (text: string) => text.replace("cto/bundle/v1", "cto/bundle/v2")],
  ["signatures that this form does not have", (text: string) => text.replace('"signatures": "none"', '"signatures": "dsse"')],
])("a bundle.json of %s is never a pass", (_, change) => {
  const files = sealed();
  files.set("bundle.json", utf8(change(textOf(files, "bundle.json"))));
  files.set("SHA256SUMS", utf8(sumsOf(files)));
  const verdict = verify(files);
  expect(verdict.checks.find(({ id }) => id === "bundle")?.verdict).toBe("NOT-PROVEN");
  expect(verdict.verdict).not.toBe("PASS");
});

test("without trust from outside a whole bundle is not proven, and nothing in it is called false", () => {
  const verdict = verifyBundle(sealed(), [], "none", nodeVerifyTools);
  expect(verdict.verdict).toBe("NOT-PROVEN");
  expect(verdict.checks.filter((check) => check.verdict === "NOT-PROVEN").map(({ id }) => id)).toEqual(["trust", "approval", "admission"]);
});

const STRANGER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfQW6yAh1kwzPxf5vYMFvmMBkqx5HnOmO3dBvDk4OZk";

test.each([
  ["names another key", () => `jp namespaces="approval@cto-harness,admission@cto-harness" ${STRANGER}\n`],
  ["gives the key to somebody else", () => `ana namespaces="approval@cto-harness,admission@cto-harness" ${world.key.publicKey}\n`],
  ["gives the key another role", () => `jp namespaces="outcome@cto-harness" ${world.key.publicKey}\n`],
  ["gives the key no role list", () => `jp ${world.key.publicKey}\n`],
  ["ends before the approval", () => `jp namespaces="approval@cto-harness,admission@cto-harness",valid-before="20260501Z" ${world.key.publicKey}\n`],
  ["begins after the approval", () => `jp namespaces="approval@cto-harness,admission@cto-harness",valid-after="20260701Z" ${world.key.publicKey}\n`],
  ["is not whole", () => "jp namespaces=\n"],
  ["names nobody", () => "# nobody\n"],
])("a trust file that %s is never a pass", (_, trust) => {
  const verdict = verifyBundle(sealed(), [], { allowedSigners: utf8(trust()) }, nodeVerifyTools);
  expect(verdict.verdict).not.toBe("PASS");
});

test("a signature for one role is worth nothing for another", () => {
  const wrong = signBy(world.key, bytesOf(sealed(), "approval/approval.jp.json"), "outcome@cto-harness");
  const verdict = verify(bundleFiles(world.record, new Map(world.given).set("approval/approval.jp.json.sig", wrong)));
  expect(verdict.checks[0]).toMatchObject({ verdict: "FAIL" });
  expect(failures(verdict).join("\n")).toContain("it is for another role than approval@cto-harness");
});

test("an approval that says A2 without its signature fails", () => {
  const given = new Map(world.given);
  given.delete("approval/approval.jp.json.sig");
  expect(failures(verify(bundleFiles(world.record, given))).join("\n")).toContain("it is not signed");
});

test("FAIL and NOT-PROVEN come before what passed, and every row has a sentence", () => {
  const { checks } = verify(sealed().set("extra", utf8("x")));
  const words = checks.map(({ verdict }) => verdict);
  expect(words).toEqual(words.toSorted((a, b) => ["FAIL", "NOT-PROVEN", "PASS"].indexOf(a) - ["FAIL", "NOT-PROVEN", "PASS"].indexOf(b)));
  expect(checks.every(({ says }) => says.length > 0)).toBe(true);
});

test("nothing at all is no bundle", () => {
  expect(verify(new Map()).verdict).toBe("FAIL");
});

test("bytes that nobody made are answered, never a crash", () => {
  fc.assert(
    fc.property(fc.constantFrom(...sealed().keys()), fc.uint8Array({ maxLength: 400 }), (name, bytes) => {
      expect(verify(sealed().set(name, bytes)).verdict).toBe("FAIL");
    }),
    { numRuns: 60 },
  );
});
