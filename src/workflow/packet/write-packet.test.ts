import { array, assert, constantFrom, integer, property, record, stringMatching, uniqueArray } from "fast-check";
import { expect, test } from "vitest";

import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { seedText } from "../../../test/fixtures/seed-packet.ts";
import { workId, type WorkId } from "../ids.ts";
import { BACKEND_KINDS, BASE_FORBIDDEN_PATHS } from "../vocabulary.ts";
import type { Packet } from "./packet.ts";
import { readPacket } from "./read-packet.ts";
import { packetPath, writePacket, type PacketFields } from "./write-packet.ts";

const TODAY = "2026-12-31";

const work = (text: string): WorkId => {
  const id = workId(text);
  if (id === undefined) throw new Error(`no id: ${text}`);
  return id;
};

const seedFields: PacketFields = {
  name: "cto-first-real-governed-workflow-approval-packet",
  title: "CTO First Real Governed Workflow Approval Packet",
  description: "Child-local approval packet for the first real governed CTO workflow execution.",
  status: "validated",
  owner: "jp",
  source: ".sot/03-PROTOCOLS/CTO-FIRST-REAL-GOVERNED-WORKFLOW-ISSUES.md",
  created: "2026-06-01",
  lastReviewed: "2026-06-01",
  work: work("CTO-WORK-049"),
  target: "/home/svrnty/workspaces/cortex-os/cto-stage5-target-sandbox",
  admissionSource: ".sot/03-PROTOCOLS/CTO-CASE-STAGE5-TARGET-REPOSITORY-ADMISSION.json",
  admissionStatus: "admitted",
  risk: "low_risk_noncritical",
  branch: "main",
  task: "align `src/strings.py` `slugify` behavior with the already-proven root `strings.py` implementation and add coverage for repeated and outer whitespace.",
  label: "src/strings.py slugify alignment",
  allowedPaths: ["src/strings.py", "test_strings.py"],
  extraForbiddenPaths: [],
  criteria: [
    "`src/strings.py` uses whitespace-splitting slug behavior equivalent to root `strings.py`.",
    "`test_strings.py` includes coverage for repeated spaces and outer spaces through the `src.strings` implementation.",
    "Target repository ends clean after Harness post-processing.",
    "Harness Evidence Interface artifacts exist.",
    "Hermes Control Surface can expose replay paths after execution.",
    "Runtime default activation remains false.",
  ],
  validation: ["python3", "-m", "pytest", "-q"],
  backend: "case",
  stage: 5,
};

/** What the writer was told, as the reader understood it. */
const fieldsOf = (packet: Packet): PacketFields => ({
  name: packet.frontmatter.name.value,
  title: packet.title.value,
  description: packet.frontmatter.description.value,
  status: packet.frontmatter.status.value as PacketFields["status"],
  owner: packet.frontmatter.owner.value,
  source: packet.frontmatter.source.value,
  created: packet.frontmatter.created.value,
  lastReviewed: packet.frontmatter.last_reviewed.value,
  work: packet.work.value,
  target: packet.target.path.value,
  admissionSource: packet.target.admissionSource.value,
  admissionStatus: packet.target.admissionStatus.value,
  risk: packet.target.risk.value,
  branch: packet.target.observed.branch.value,
  task: packet.task.value,
  label: packet.label,
  allowedPaths: packet.allowedPaths.map(({ value }) => value),
  extraForbiddenPaths: packet.forbiddenPaths.slice(BASE_FORBIDDEN_PATHS.length).map(({ value }) => value),
  criteria: packet.criteria.map(({ value }) => value),
  validation: packet.validation.value,
  backend: packet.gate.backend.value,
  stage: packet.gate.stage.value,
});

const readBack = (fields: PacketFields): PacketFields => {
  const read = readPacket(documentOf(writePacket(fields), packetPath(fields.name)), TODAY);
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  return fieldsOf(read.value.packet);
};

test("R140 the writer, told the fields of the seed, writes form B byte for byte", () => {
  expect(writePacket(seedFields)).toBe(seedText("b"));
  expect(packetPath(seedFields.name)).toBe(documentOf("").path);
});

const word = stringMatching(/^[a-z][a-z0-9]{0,8}$/);
const sentence = array(word, { minLength: 1, maxLength: 8 }).map((words) => `${words.join(" ")}.`);
const fields = record<PacketFields>({
  name: array(word, { minLength: 1, maxLength: 3 }).map((words) => `cto-${words.join("-")}-approval-packet`),
  title: sentence,
  description: constantFrom(
    "Plain words.",
    "a: b",
    "yes # no",
    "it's",
    "- dash",
    "[x]",
    "true",
    "1",
    "null",
    'say "x"',
    "*x",
  ),
  status: constantFrom("draft", "proposed", "validated", "superseded", "retired"),
  owner: constantFrom("jp", "eve-2", "yes", "n"),
  source: word.map((name) => `.sot/03-PROTOCOLS/CTO-${name.toUpperCase()}-ISSUES.md`),
  created: constantFrom("2024-02-29", "2026-06-01"),
  lastReviewed: constantFrom("2026-06-01", "2026-12-31"),
  work: integer({ min: 1, max: 99_999 }).map((number) => work(`CTO-WORK-${String(number).padStart(3, "0")}`)),
  target: array(stringMatching(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,8}$/), { minLength: 1, maxLength: 4 }).map(
    (names) => `/${names.join("/")}`,
  ),
  admissionSource: word.map((name) => `.sot/03-PROTOCOLS/CTO-${name.toUpperCase()}-ADMISSION.json`),
  admissionStatus: constantFrom("proposed", "admitted", "suspended", "revoked"),
  risk: word,
  branch: constantFrom("main", "feature/x-1", "v1.2"),
  task: sentence,
  label: array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join(" ")),
  allowedPaths: uniqueArray(
    word.map((name) => `src/${name}.py`),
    { minLength: 1, maxLength: 5 },
  ),
  extraForbiddenPaths: uniqueArray(
    word.map((name) => `private/${name}/`),
    { maxLength: 3 },
  ),
  criteria: uniqueArray(sentence, { minLength: 1, maxLength: 4 }),
  validation: array(stringMatching(/^[a-z.][A-Za-z0-9_./:,+@%-]{1,8}$/), { minLength: 1, maxLength: 4 }),
  backend: constantFrom(...BACKEND_KINDS),
  stage: integer({ min: 0, max: 5 }),
});

test("R140 whatever is written reads back as the same fields, for every backend, stage and owner", () => {
  assert(
    property(fields, (fields) => {
      expect(readBack(fields)).toEqual(fields);
    }),
    { numRuns: 200 },
  );
});

test.each<readonly [string, Partial<PacketFields>]>([
  ["the task", { task: "x\nForbidden actions:" }],
  ["the label", { label: "x task.\n```\nAllowed paths:\n```text" }],
  ["the description", { description: "x\ntier: core" }],
  ["an allowed path", { allowedPaths: ["a`\n- `deploy/"] }],
  ["a criterion", { criteria: ["x\n## Required Approval"] }],
  ["the command", { validation: ["true\n```\n```bash\nrm"] }],
  ["the branch", { branch: "main` branch before approval packet creation\n- x" }],
])("a line smuggled into %s is refused when the packet is read back", (_, smuggled) => {
  expect(() => readBack({ ...seedFields, ...smuggled })).toThrow(/packet\//);
});
