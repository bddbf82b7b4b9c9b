import { expect, test } from "vitest";

import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { workId } from "../ids.ts";
import { BASE_FORBIDDEN_PATHS } from "../vocabulary.ts";
import { fieldsOf, packetNameOf, templateOf, type Draft } from "./draft-packet.ts";
import { readPacket } from "./read-packet.ts";
import { packetPath, writePacket } from "./write-packet.ts";

const work = workId("CTO-WORK-007");
if (work === undefined) throw new Error("an id");

const draft: Draft = {
  work,
  title: "Align slugify",
  task: "align slugify with its neighbour",
  allowed: ["src/strings.py"],
  made: [],
  forbidden: [],
  validation: ["python3", "-m", "pytest", "-q"],
  criteria: [{ text: "It splits at whitespace", shownBy: "test.log" }],
  backend: "scripted",
  stage: 5,
  owner: "jp",
  source: ".sot/03-PROTOCOLS/CTO-X-ISSUES.md",
  today: "2026-06-01",
  target: {
    path: "/home/jp/x",
    branch: "main",
    admissionSource: ".sot/03-PROTOCOLS/CTO-X-ADMISSION.json",
    risk: "low",
  },
  template: { forbiddenPaths: [], criteria: [] },
};

const read = (changes: Partial<Draft>) => {
  const fields = fieldsOf({ ...draft, ...changes });
  const packet = readPacket(documentOf(writePacket(fields), packetPath(fields.name)), "2026-06-01");
  if (!packet.ok) throw new Error(packet.refusals.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`).join());
  return packet.value.packet;
};

test("what an author says becomes a packet whose sentence, name and criteria follow from it", () => {
  const packet = read({});
  expect(packet.sentence.value).toBe("I approve CTO-WORK-007 against /home/jp/x for the Align slugify task.");
  expect(packet.frontmatter.name.value).toBe("cto-align-slugify-approval-packet");
  expect(packet.criteria.map(({ value }) => value)).toEqual([
    "It splits at whitespace. Shown by `test.log`.",
    "Target repository ends clean after Harness post-processing.",
    "Harness Evidence Interface artifacts exist.",
    "Hermes Control Surface can expose replay paths after execution.",
    "Runtime default activation remains false.",
  ]);
});

test("a file that is to be made is allowed, and announced in the task", () => {
  const packet = read({ made: ["src/new.py", "docs/"] });
  expect(packet.allowedPaths.map(({ value }) => value)).toEqual(["src/strings.py", "src/new.py", "docs/"]);
  expect(packet.task.value).toBe("align slugify with its neighbour (new `src/new.py`, new `docs/`).");
});

test.each([
  ["Align slugify", "cto-align-slugify-approval-packet"],
  ["CTO: align  «slugify»!", "cto-align-slugify-approval-packet"],
  ["Élargir le café", "cto-elargir-le-cafe-approval-packet"],
  ["日本語", "cto-task-approval-packet"],
])("a packet called %s is named %s", (title, name) => {
  expect(packetNameOf(title)).toBe(name);
});

test.each(["Élargir le «café» `x`", 'It\'s "quoted" <b>', "x".repeat(100), "a  b"])(
  "the sentence of a packet called %j has plain words only",
  (title) => {
    expect(read({ title: title.replaceAll("<b>", "b") }).sentence.value).toMatch(/^[\x20-\x7e]{20,400}$/);
  },
);

test("the template of a class adds what policy.yaml forbids beside the base eight; a grave class what builds the target", () => {
  const policy = { baseForbiddenPaths: [...BASE_FORBIDDEN_PATHS, "vendor/"] };
  expect(templateOf({ ...policy, minimumAssurance: "A2" })).toEqual({ forbiddenPaths: ["vendor/"], criteria: [] });
  const grave = templateOf({ ...policy, minimumAssurance: "A3" });
  expect(grave.forbiddenPaths).toContain("migrations/");
  const packet = read({ template: grave });
  expect(packet.forbiddenPaths.map(({ value }) => value)).toEqual([...BASE_FORBIDDEN_PATHS, ...grave.forbiddenPaths]);
  expect(packet.criteria.map(({ value }) => value)).toContain(grave.criteria[0]);
});

test("what another packet forbade is forbidden once, behind the base eight and the policy's", () => {
  const forbidden = [...BASE_FORBIDDEN_PATHS, "vendor/", "setup.cfg"];
  const { forbiddenPaths } = read({ forbidden, template: { forbiddenPaths: ["vendor/"], criteria: [] } });
  expect(forbiddenPaths.map(({ value }) => value)).toEqual([...BASE_FORBIDDEN_PATHS, "vendor/", "setup.cfg"]);
});
