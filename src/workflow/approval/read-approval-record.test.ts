import { assert, integer, property } from "fast-check";
import { afterAll, expect, test } from "vitest";

import { challengeText, draft, SENTENCE } from "../../../test/fixtures/governed.ts";
import { makeKey, removeFolder, temporaryFolder } from "../../../test/fixtures/ssh.ts";
import { digestOf } from "../digest.ts";
import { writeApprovalRecord } from "./approval-record.ts";
import { readApprovalRecord } from "./read-approval-record.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));
const { record, subjects, bytes } = draft(makeKey(folder, "jp"));
const text = bytes.toString();
const changed = (change: object): string => writeApprovalRecord({ ...record, ...change }, subjects);

test("R045 a record is an in-toto statement with five subjects and one final line feed, and reads back as it is", () => {
  expect(readApprovalRecord(bytes)).toEqual({ ok: true, value: { record, subjects } });
  expect(text.endsWith("}\n")).toBe(true);
  expect(JSON.parse(text)).toMatchObject({
    _type: "https://in-toto.io/Statement/v1",
    predicateType: "urn:cto-harness:predicate:approval:v1",
    subject: [{ name: "packet" }, { name: "contract" }, { name: "admission" }, { name: "policy" }, { name: "target" }],
  });
});

test("R045 the record answers the bytes of its challenge", () => {
  expect(record.challenge.sha256).toBe(digestOf(challengeText({ record, subjects, bytes })));
});

const swapped = (): string => {
  const statement = JSON.parse(text) as { subject: unknown[] };
  const [first, second, ...rest] = statement.subject;
  return JSON.stringify({ ...statement, subject: [second, first, ...rest] });
};

test.each([
  ["not JSON", "I approve", "not JSON"],
  ["a key twice", text.replace('"decision"', '"decision": "reject", "decision"'), "twice"],
  ["a byte order mark", `\u{feff}${text}`, "byte order mark"],
  ["an unknown key", changed({ alsoApproves: "everything" }), "alsoApproves"],
  ["another decision", changed({ decision: "reject" }), "decision"],
  ["another predicate", text.replace("predicate:approval:v1", "predicate:approval:v2"), "predicateType"],
  ["subjects in another order", swapped(), "subject"],
  ["a digest in capitals", text.replace(subjects.packet, subjects.packet.toUpperCase()), "digest"],
  ["another sentence than its digest's", changed({ sentence: `${SENTENCE}.` }), "sentenceSha256"],
  [
    "a sentence that is not printable ASCII",
    changed({ sentence: "I \u{430}pprove", sentenceSha256: digestOf("I \u{430}pprove") }),
    "sentence",
  ],
  ["other input than its sentence", changed({ input: { ...record.input, terminator: "LF" } }), "input.sha256"],
  [
    "another HEAD than its subject",
    changed({ target: { ...record.target, headCommit: record.target.headTree } }),
    "target",
  ],
  ["an unclean target", changed({ target: { ...record.target, clean: false } }), "clean"],
  ["two uses", changed({ validity: { ...record.validity, maxUses: 2 } }), "maxUses"],
  [
    "an expiry before its beginning",
    changed({ validity: { ...record.validity, expiresAt: record.validity.notBefore } }),
    "validity",
  ],
  [
    "a beginning before its challenge",
    changed({ validity: { ...record.validity, notBefore: "2026-05-31T00:00:00.000Z" } }),
    "validity",
  ],
  [
    "an end before its expiry",
    changed({ validity: { ...record.validity, executeBy: record.validity.notBefore } }),
    "validity",
  ],
  [
    "a default activation",
    changed({ scope: { ...record.scope, runtimeDefaultActivation: true } }),
    "runtimeDefaultActivation",
  ],
  ["two commits", changed({ scope: { ...record.scope, maxCommits: 2 } }), "maxCommits"],
  ["an approver who is not eligible", changed({ quorum: { ...record.quorum, eligible: ["ana"] } }), "eligible"],
  ["a quorum of none", changed({ quorum: { ...record.quorum, required: 0 } }), "required"],
  ["a short nonce", changed({ challenge: { ...record.challenge, nonce: "AAAA" } }), "nonce"],
  ["more than 64 KiB", changed({ supersedes: "x".repeat(70_000) }), "longer"],
])("R045 a record with %s is not read", (_, content, problem) => {
  expect(readApprovalRecord(Buffer.from(content))).toMatchObject({
    ok: false,
    refusals: [{ code: "approval/record-unreadable", facts: { problem: expect.stringContaining(problem) } }],
  });
});

test("a record cut anywhere is not read, and none makes it throw", () => {
  assert(
    property(integer({ min: 0, max: bytes.length - 3 }), (length) => {
      expect(readApprovalRecord(bytes.subarray(0, length)).ok).toBe(false);
    }),
  );
});
