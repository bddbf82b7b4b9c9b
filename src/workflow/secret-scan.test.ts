import { assert, property, string, integer } from "fast-check";
import { expect, test } from "vitest";

import { processorClock } from "../../test/fixtures/processor-clock.ts";
import { secretForms } from "./secret-forms.ts";
import { SECRET_PATTERNS } from "./secret-rules.ts";
import { secretScanner } from "./secret-scan.ts";

const VALUE = 'hunter2/"Zürich\\and a long tail so that base64 is broken over lines, twice';
const scanner = secretScanner(SECRET_PATTERNS, [{ rule: "env:TOKEN", value: VALUE }]);
const BODY = "0123456789abcdefABCDEF0123456789abcdef";

const rulesIn = (text: string): readonly string[] => scanner.scan(text, 0, "end").found.map(({ rule }) => rule);

test.each([
  ["a token of GitHub", `x ghp_${BODY} y`, "github"],
  ["a fine-grained token", `x github_pat_${BODY}_${BODY}`, "github"],
  ["after the letter of an escape", `\\nghp_${BODY}`, "github"],
  ["an access key of AWS", "AKIAIOSFODNN7EXAMPLE", "aws"],
  ["a token of GitLab", `glpat-${BODY}`, "gitlab"],
  ["a token of Slack", "xoxb-12345678901-abc", "slack"],
  ["a key of a model provider", `Bearer sk-proj-${BODY}`, "model-provider"],
  ["a key of Google", `AIzaSy_-x12${"a".repeat(28)}`, "google"],
  ["a token of npm", `npm_${BODY.slice(0, 36)}`, "npm"],
  ["a signed token", `eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.${BODY}`, "jwt"],
  ["a private key", `-----BEGIN RSA PRIVATE KEY-----\n${BODY}\n-----END RSA PRIVATE KEY-----`, "private-key"],
  ["a private key in JSON", `"-----BEGIN PRIVATE KEY-----\\n${BODY}\\n-----END PRIVATE KEY-----"`, "private-key"],
  ["a private key without its end", `-----BEGIN OPENSSH PRIVATE KEY-----\n${BODY}`, "private-key"],
  ["a value", `x${VALUE}y`, "env:TOKEN"],
  ["a value as bytes", Buffer.from(VALUE).toString("latin1"), "env:TOKEN"],
  ["a value in JSON", JSON.stringify({ VALUE }), "env:TOKEN/json"],
  ["a value in JSON in JSON", JSON.stringify(JSON.stringify({ VALUE })), "env:TOKEN/json"],
  ["a value in hex", Buffer.from(VALUE).toString("hex"), "env:TOKEN/hex"],
  ["a value in capital hex", Buffer.from(VALUE).toString("hex").toUpperCase(), "env:TOKEN/hex"],
  ["a value in base64", Buffer.from(VALUE).toString("base64"), "env:TOKEN/base64"],
  ["a value in base64 of something longer", Buffer.from(`ab${VALUE}cd`).toString("base64"), "env:TOKEN/base64"],
  ["a value in base64 with line ends", folded(Buffer.from(VALUE).toString("base64"), 76), "env:TOKEN/base64"],
  ["a value in base64url", Buffer.from(`a${VALUE}`).toString("base64url"), "env:TOKEN/base64"],
  ["a value in an address", `https://x/?q=${encodeURIComponent(VALUE)}`, "env:TOKEN/url"],
])("R136 %s is found", (_, text, rule) => {
  expect(scanner.mayHold(text)).toBe(true);
  expect(rulesIn(text)).toEqual([rule]);
});

function folded(text: string, width: number): string {
  return text.match(new RegExp(`.{1,${width}}`, "g"))?.join("\n") ?? "";
}

test.each([
  ["a word that ends like a beginning", `task-${BODY}`],
  ["a name of a style sheet", ".sk-cube-grid-scale-delay-animation-with-names"],
  ["capitals in a word", `XAKIAIOSFODNN7EXAMPLE and AKIAIOSFODNN7EXAMPLEX`],
  ["the beginning of a key in a sentence", 'look for "-----BEGIN PRIVATE KEY-----" in the file'],
  ["a variable of npm", "npm_config_registry_of_the_whole_company_and_more"],
  ["two parts of a token", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0"],
  ["a short body", "ghp_abc"],
])("%s is none", (_, text) => {
  expect(rulesIn(text)).toEqual([]);
});

test("R136 a text cut anywhere gives the same finds as the whole", () => {
  const whole = `a ghp_${BODY} b ${VALUE} c ${Buffer.from(VALUE).toString("base64")} d`;
  const found = scanner.scan(whole, 0, "end").found;
  for (let at = 0; at <= whole.length; at += 1) {
    const { settled, found: first } = scanner.scan(whole.slice(0, at), 0, "more");
    const rest = scanner.scan(whole, settled, "end").found;
    expect([...first, ...rest]).toEqual(found);
    expect(first.every(({ to }) => to <= settled)).toBe(true);
  }
});

test("R136 whatever a value is, each of its forms is found in whatever stands around it", () => {
  assert(
    property(string({ minLength: 8, maxLength: 60, unit: "binary" }), integer({ min: 0, max: 5 }), (value, pad) => {
      if (!value.isWellFormed() || Buffer.byteLength(value) < 8) return;
      const one = secretScanner([], [{ rule: "env:X", value }]);
      const around = `${"~".repeat(pad)}${value}~`;
      const texts = [around, JSON.stringify(around), Buffer.from(around).toString("base64")];
      for (const text of [...texts, Buffer.from(around).toString("hex"), encodeURIComponent(around)])
        expect(one.scan(text, 0, "end").found.length).toBeGreaterThan(0);
      expect(secretForms(value).length).toBeLessThan(40);
    }),
  );
});

test.each(["sk-", "sk-a ", "eyJ-", "eyJaaaaaaaaaaaaaaaaaaaaaaaaa.", "-----BEGIN PRIVATE KEY-----", "ghp_", "AKIA"])(
  "R136 a megabyte of %j is looked through in a time that grows with its length only",
  (unit) => {
    const took = (bytes: number): number => {
      const text = unit.repeat(Math.ceil(bytes / unit.length));
      const spentMs = processorClock();
      scanner.scan(text, 0, "end");
      return spentMs();
    };
    took(200_000);
    // A matcher that looks again at what it has seen would take 64 times as long for 8 times the text.
    expect(took(1_600_000)).toBeLessThan(32 * Math.max(took(200_000), 2));
  },
);
