import { afterAll, expect, test } from "vitest";

import {
  bytesOf,
  failedIds,
  failures,
  flipped,
  replaceIn,
  sampleBundle,
  sealedOf,
  textOf,
  type Edit,
  utf8,
} from "../../../../test/fixtures/sample-bundle.ts";
import type { SampleWorld } from "../../../../test/fixtures/sample-run.ts";
import { contractText, type Contract } from "../../contract/contract.ts";

const bundle = sampleBundle();
afterAll(() => bundle.world.remove());

const COMMITTED: readonly (readonly [string, string, Edit])[] = [
  [
    "the packet",
    "bindings",
    (files) => files.set("approval/packet.md", utf8(`${textOf(files, "approval/packet.md")}\n`)),
  ],
  [
    "the sentence of the packet",
    "sentence",
    replaceIn("approval/packet.md", "I approve CTO-WORK-049", "I approve CTO-WORK-050"),
  ],
  [
    "the allowed paths",
    "bindings",
    replaceIn(
      "approval/contract.json",
      '"allowedPaths":["src/strings.py"',
      '"allowedPaths":["README.md","src/strings.py"',
    ),
  ],
  [
    "the policy",
    "bindings",
    (files) => files.set("approval/policy.yaml", utf8(`${textOf(files, "approval/policy.yaml")}# more\n`)),
  ],
  ["the admission", "admission", replaceIn("approval/admission.json", '"inode": "131"', '"inode": "132"')],
  [
    "the approval",
    "approval",
    replaceIn("approval/approval.jp.json", '"approvalId": "ap-213"', '"approvalId": "ap-214"'),
  ],
  ["the challenge", "bindings", replaceIn("approval/challenge.json", "BwcH", "BwcI")],
  ["the consumption", "bindings", replaceIn("approval/consumption.json", "R-049-01", "R-049-02")],
  ["the patch", "patch", replaceIn("patch.diff", '+    return "-"', '+    return "_"')],
  ["the test log's exit", "tests", replaceIn("test.log", '"exitCode":0', '"exitCode":1')],
  ["the test log's output", "tests", replaceIn("test.log", "2 passed", "9 passed")],
  [
    "the tested tree",
    "tests",
    (files) =>
      files.set(
        "test.log",
        utf8(textOf(files, "test.log").replace(/"tree":"[0-9a-f]{40}"/, `"tree":"${"0".repeat(40)}"`)),
      ),
  ],
  ["the commit's message", "commit", replaceIn("repo/commit.raw", "CTO-Run: R-049-01", "CTO-Run: R-049-09")],
  ["the commit's parent", "base", replaceIn("repo/commit.raw", "\nparent ", "\nparent 0")],
  ["the base commit", "base", replaceIn("repo/base-commit.raw", "base", "bass")],
  ["the base objects", "patch", (files) => files.set("repo/base.pack", flipped(bytesOf(files, "repo/base.pack"), 40))],
  [
    "the freshness proof's base",
    "freshness",
    replaceIn("freshness-proof.json", '"parentIsBase": true', '"parentIsBase": false'),
  ],
  [
    "a claim of freshness",
    "freshness",
    replaceIn("freshness-proof.json", '"single-use-on-this-ledger"', '"absolute-wall-time"'),
  ],
  [
    "the changed paths of the target",
    "owned-repo",
    replaceIn("stage5-owned-repo-proof.json", '"path": "src/strings.py"', '"path": "src/other.py"'),
  ],
  [
    "the rehearsal",
    "owned-repo",
    replaceIn("stage5-owned-repo-proof.json", '"equalsBaseTree": true', '"equalsBaseTree": false'),
  ],
  ["the sandbox's arguments", "confinement", replaceIn("confinement-proof.json", '"--unshare-all"', '"--unshare-pid"')],
  [
    "the number of denied attempts",
    "confinement",
    replaceIn("confinement-proof.json", '"prevented": 1', '"prevented": 0'),
  ],
  ["the report's verdict", "report", replaceIn("report.json", '"verdict": "awaiting_outcome"', '"verdict": "voided"')],
  ["the report's default activation", "report", replaceIn("report.json", '"after": false', '"after": true')],
  ["the report's assurance", "report", replaceIn("report.json", '"assurance": "A2"', '"assurance": "A3"')],
  [
    "a criterion's text",
    "criteria",
    replaceIn("report.json", "Runtime default activation remains false.", "All is well."),
  ],
  ["a criterion's status", "criteria", replaceIn("report.json", '"status": "owner-judged"', '"status": "proven"')],
  [
    "an action's verdict",
    "actions",
    replaceIn("report.json", '"verdict": "attempted and denied"', '"verdict": "not observed"'),
  ],
  [
    "an action called impossible",
    "actions",
    replaceIn("report.json", '"verdict": "not observed"', '"verdict": "not possible"'),
  ],
  ["the summary", "renderings", replaceIn("control-surface.json", '"deniedAttempts": 1', '"deniedAttempts": 0')],
  ["the page", "renderings", replaceIn("report.md", "Drawn from report.json", "Drawn by hand")],
  [
    "the trace",
    "trace",
    (files) => files.set("trace.jsonl", utf8(textOf(files, "trace.jsonl").replaceAll("R-049-01", "R-049-02"))),
  ],
  [
    "a span's id",
    "trace",
    (files) =>
      files.set(
        "trace.jsonl",
        utf8(textOf(files, "trace.jsonl").replace(/"spanId":"[0-9a-f]{8}/, '"spanId":"00000000')),
      ),
  ],
  ["a span's times", "trace", replaceIn("trace.jsonl", '"endTimeUnixNano":"1', '"endTimeUnixNano":"2')],
  ["a span's name", "trace", replaceIn("trace.jsonl", '"name":"tool"', '"name":"turn"')],
  [
    "a span that is left out",
    "trace",
    (files) => files.set("trace.jsonl", utf8(textOf(files, "trace.jsonl").replace(/^.*"name":"tool".*\n/m, ""))),
  ],
  [
    "a JUnit document that no run printed",
    "tests",
    (files) => files.set("validation/junit.candidate.xml", utf8("<testsuites></testsuites>")),
  ],
  ["a backend log", "citations", (files) => files.set("backend/stderr.log", utf8("all quiet\n"))],
];

test.each(COMMITTED)(
  "%s cannot be exchanged though the folder is listed and summed again: check %s",
  async (_, id, change) => {
    const verdict = await bundle.verify(bundle.resealed(change));
    expect(verdict.verdict).toBe("FAIL");
    expect(failedIds(verdict)).toContain(id);
  },
);

test("a criterion with a probe stays the owner's to judge; calling it proven without its section of test.log fails", async () => {
  const probe = { argv: ["true"], onCandidate: 0, onBase: 1, baseExpected: "fails" as const, output: "equal\n" };
  const files = sealedOf({ ...bundle.world.record, probes: new Map([["C1", probe]]) }, bundle.world.given);
  expect(failures(await bundle.verify(files))).toEqual([]);
  const forged = bundle.resealed((sealed) => {
    for (const [name, bytes] of files) sealed.set(name, bytes);
    replaceIn("test.log", '"criterion":"C1"', '"criterion":"C2"')(sealed);
    replaceIn("report.json", '"status": "owner-judged"', '"status": "proven"')(sealed);
  });
  expect(failures(await bundle.verify(forged))).toContain(
    "criteria report.json: C1 is called proven against its source",
  );
});

test("a denied attempt cannot be left out of the report (R086)", async () => {
  const verdict = await bundle.verify(sealedOf({ ...bundle.world.record, attempts: [] }, bundle.world.given));
  expect(failures(verdict).join("\n")).toContain("is left out");
});

test("a commit on a path that the contract does not allow fails, whatever else fits", async () => {
  const contract = { ...contractOf(bundle.world), allowedPaths: ["src/strings.py"] };
  const given = new Map(bundle.world.given).set("approval/contract.json", utf8(contractText(contract)));
  const verdict = await bundle.verify(sealedOf({ ...bundle.world.record, contract }, given));
  expect(failures(verdict)).toContain("paths patch.diff: test_strings.py is not an allowed path");
});

test("a commit on a forbidden path fails though it is allowed as well", async () => {
  const contract = { ...contractOf(bundle.world), forbiddenPaths: ["SRC/"] };
  const given = new Map(bundle.world.given).set("approval/contract.json", utf8(contractText(contract)));
  const verdict = await bundle.verify(sealedOf({ ...bundle.world.record, contract }, given));
  expect(failures(verdict)).toContain("paths patch.diff: src/strings.py is forbidden by SRC/");
});

const contractOf = ({ record: { contract } }: SampleWorld): Contract => {
  if (contract === "not-drawn") throw new Error("the sample has a contract");
  return contract;
};
