import { afterAll, expect, test } from "vitest";
import { parse } from "yaml";

import { writeAdmissionRecord } from "../../src/workflow/admission/admission-record.ts";
import { defaultPolicyText } from "../../src/workflow/default-policy.ts";
import { readFrontmatter } from "../../src/workflow/packet/frontmatter.ts";
import { jsonSchemaOf, PUBLISHED, type PublishedSchema } from "../../tools/docs/published-schemas.ts";
import { ADMITTED, draft } from "../fixtures/governed.ts";
import { sampleBundle } from "../fixtures/sample-bundle.ts";
import { seedText } from "../fixtures/seed-packet.ts";
import { makeKey, removeFolder, temporaryFolder } from "../fixtures/ssh.ts";
import { objection, type Json } from "./published.ts";

const folder = temporaryFolder();
afterAll(() => removeFolder(folder));

const published = (name: string): PublishedSchema => {
  const found = PUBLISHED.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no form is called ${name}`);
  return found;
};
const frontmatterOf = (text: string): Json => {
  const lines = text.split("\n").map((line, index) => ({ text: line, at: { file: "f", line: index + 1, column: 1 } }));
  const { values } = readFrontmatter(lines, "f");
  return Object.fromEntries(Object.entries(values).map(([key, placed]) => [key, placed.value]));
};

const bundle = sampleBundle().sealed();
const fileOf = (name: string): string => Buffer.from(bundle.get(name) ?? Buffer.from(`no ${name}`)).toString();
const events = fileOf("events.normalized.jsonl")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Json);

const VALID: readonly (readonly [string, string, Json])[] = [
  ["packet-frontmatter", "the seed's own", frontmatterOf(seedText("a"))],
  ["packet-frontmatter", "the seed's second form", frontmatterOf(seedText("b"))],
  ["admission", "of a fixture, as it is signed", JSON.parse(writeAdmissionRecord(ADMITTED)) as Json],
  ["policy", "as cto init writes it", parse(defaultPolicyText()) as Json],
  ["approval", "as it is signed", JSON.parse(draft(makeKey(folder, "jp")).bytes.toString()) as Json],
  ["report", "of a sealed run", JSON.parse(fileOf("report.json")) as Json],
  ...events.map((event, at) => ["event", `line ${at + 1} of a sealed run`, event] as const),
];

test.each(PUBLISHED.map((one) => [one.name, one] as const))(
  "%s has an id with its version, in 2020-12",
  (name, one) => {
    expect(jsonSchemaOf(one)).toMatchObject({
      $schema: "https://json-schema.org/draft/2020-12/schema",
      $id: `urn:cto-harness:schema:${name}:v${one.version}`,
      type: "object",
      additionalProperties: false,
    });
  },
);

test("a form without words for a member, and words of no member, are a crash", () => {
  const policy = published("policy");
  const { schema: _, ...fewer } = policy.words;
  expect(() => jsonSchemaOf({ ...policy, words: fewer })).toThrow("no words for schema");
  expect(() => jsonSchemaOf({ ...policy, words: { ...policy.words, ghost: "?" } })).toThrow(
    "words of no member: ghost",
  );
});

test("what the Harness writes validates", () => {
  expect(VALID.filter(([name, , document]) => objection(name, document) !== "none")).toEqual([]);
  expect(new Set(VALID.map(([name]) => name))).toEqual(new Set(PUBLISHED.map(({ name }) => name)));
});

const changedAt = (document: Json, path: readonly (string | number)[], value: Json | undefined): Json => {
  const [step, ...rest] = path;
  if (step === undefined || typeof document !== "object" || document === null) throw new Error("no such place");
  const around = document as { [key: string]: Json };
  const inner = rest.length === 0 ? value : changedAt(around[step] as Json, rest, value);
  if (Array.isArray(document))
    return inner === undefined
      ? document.filter((_, at) => at !== step)
      : Object.assign([...document], { [step]: inner });
  const { [step]: _, ...others } = around;
  return inner === undefined ? others : { ...others, [step]: inner };
};
const validOf = (name: string): Json => VALID.find(([of]) => of === name)![2];

test.each<readonly [string, string, readonly (string | number)[], Json | undefined]>([
  ["an unknown key", "packet-frontmatter", ["authority"], "full"],
  ["no owner", "packet-frontmatter", ["owner"], undefined],
  ["an owner who is somebody else's address", "packet-frontmatter", ["owner"], "jp@example.org"],
  ["a tier of its own", "packet-frontmatter", ["tier"], "core"],
  ["a status that approves", "packet-frontmatter", ["status"], "approved"],
  ["no day of the calendar", "packet-frontmatter", ["created"], "2026-02-30"],
  ["a source outside the home", "packet-frontmatter", ["source"], "../.sot/X.md"],
  ["an absolute source", "packet-frontmatter", ["source"], "/etc/passwd"],
  ["a list in place of a text", "packet-frontmatter", ["description"], ["x"]],
  ["another status", "admission", ["status"], "approved"],
  ["a path that climbs", "admission", ["path"], "/srv/../etc"],
  ["a path with a line feed", "admission", ["path"], "/srv/a\nb"],
  ["a relative path", "admission", ["path"], "srv/target"],
  ["no stage", "admission", ["stages"], []],
  ["a stage twice", "admission", ["stages"], [5, 5]],
  ["a stage above all", "admission", ["stages"], [6]],
  ["a backend nobody has", "admission", ["backends"], ["shell"]],
  ["a time without a zone", "admission", ["expiresAt"], "2026-06-01T10:00:00"],
  ["a commit in capitals", "admission", ["rootCommits"], ["C".repeat(40)]],
  ["a default backend", "policy", ["defaultBackend"], "case"],
  ["another version", "policy", ["schema"], "cto/policy/v2"],
  ["an unknown assurance", "policy", ["riskClasses", "low_risk_noncritical", "minimumAssurance"], "A9"],
  ["a limit of nothing", "policy", ["limits", "wallMs"], 0],
  ["a limit that is text", "policy", ["limits", "wallMs"], "1800000"],
  ["an approval for a year", "policy", ["approvalExpiryMs"], 31_536_000_000],
  ["a backend of its own", "policy", ["backends", "shell"], {}],
  [
    "an upstream in the clear",
    "policy",
    ["relay", "upstreams", "x"],
    { api: "chat", origin: "http://example.org", models: ["m"] },
  ],
  ["a secret in place of a variable", "policy", ["redaction", "variables"], ["sk-abc 123"]],
  ["a user id of root", "policy", ["uidBase"], 0],
  ["a rejection", "approval", ["predicate", "decision"], "reject"],
  ["subjects in another order", "approval", ["subject", 0, "name"], "policy"],
  ["a subject more", "approval", ["subject", 5], { name: "x", digest: { sha256: "0".repeat(64) } }],
  ["a subject less", "approval", ["subject", 4], undefined],
  ["two uses", "approval", ["predicate", "validity", "maxUses"], 2],
  ["two commits", "approval", ["predicate", "scope", "maxCommits"], 2],
  ["a default activation", "approval", ["predicate", "scope", "runtimeDefaultActivation"], true],
  ["a short nonce", "approval", ["predicate", "challenge", "nonce"], "AAAA"],
  ["a page of another machine", "approval", ["predicate", "approver", "origin"], "https://example.org"],
  ["a fact of no known type", "event", ["type"], "cto.run.approved.v1"],
  ["a broken link", "event", ["prevhash"], "0"],
  ["a place without its zeros", "event", ["sequence"], "1"],
  ["trust of its own", "event", ["trust"], "owner"],
  ["data that is a list", "event", ["data"], []],
  ["a verdict of its own", "report", ["verdict"], "accepted"],
  ["a criterion that nobody judged", "report", ["criteria", 0, "status"], "passed"],
  ["an action more", "report", ["actions", 0, "action"], "sudo"],
  ["a key more", "report", ["approvedBy"], "agent"],
])("%s is no valid %s", (_, name, path, value) => {
  expect(objection(name, changedAt(validOf(name), path, value))).not.toBe("none");
});

// One change at a time, everywhere in a valid document: the published form and the one in the code say the same.
const SUBSTITUTES: readonly (Json | undefined)[] = [undefined, null, "", "\u0007", -1, 0.5, 1e300, true, [], {}];
const placesIn = (value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] => {
  if (typeof value !== "object" || value === null) return [path];
  const members = Array.isArray(value) ? value.slice(0, 1).map((v, i) => [i, v] as const) : Object.entries(value);
  return [...(path.length > 0 ? [path] : []), ...members.flatMap(([key, member]) => placesIn(member, [...path, key]))];
};

test.each(PUBLISHED.map(({ name }) => name))(
  "whatever is changed in %s, the published form agrees with the code",
  (name) => {
    const valid = validOf(name);
    const { schema } = published(name);
    const differ: string[] = [];
    let refused = 0;
    for (const path of placesIn(valid))
      for (const value of [...SUBSTITUTES, "unknown" as const]) {
        const document =
          value === "unknown" ? changedAt(valid, [...path.slice(0, -1), "ghost"], 1) : changedAt(valid, path, value);
        const byCode = schema.safeParse(document).success;
        if (!byCode) refused += 1;
        if (byCode !== (objection(name, document) === "none"))
          differ.push(`${path.join(".")} = ${JSON.stringify(value)}`);
      }
    expect(differ).toEqual([]);
    expect(refused).toBeGreaterThan(20);
  },
);
