import { expect, test } from "vitest";

import { LIMITS } from "../../workflow/limits.ts";
import type { Exchange } from "../../workflow/policy/exchange.ts";
import { SECRET_PATTERNS } from "../../workflow/secret-rules.ts";
import { redactorOf } from "./redactor.ts";
import { shownExchange, shownText } from "./shown-exchange.ts";

const SECRET = "Zq7-correct-horse-bättery-staple-42";
const redactor = redactorOf({
  patterns: SECRET_PATTERNS,
  values: [{ rule: "env:MY_SECRET", value: SECRET }],
  kept: [],
  keep: () => undefined,
  salt: () => new Uint8Array(32),
});
const FILE = "backend/egress.jsonl";
const BEGIN = SECRET.slice(0, 7);

const PEM = `-----BEGIN PRIVATE KEY-----${"A".repeat(16_000)}-----END PRIVATE KEY-----`;

test.each([
  ["the end of what is shown", "a".repeat(500)],
  ["the end of what is read", "a".repeat(65_536)],
  // Marks are short: what lies far behind in the text lies early in what is shown of it.
  [
    "the end of what is read, behind keys that shrink to marks",
    `${PEM.repeat(4)}${"a".repeat(65_536 - 4 * PEM.length)}`,
  ],
])("R136 a secret that lies anywhere across %s leaves no part of itself", (_, before) => {
  for (let part = 0; part <= SECRET.length + 1; part += 1) {
    const text = `${before.slice(0, before.length - part)}${SECRET} and more`;
    const shown = shownText(redactor, text, FILE, LIMITS.attemptTextCharactersMax);
    expect(shown.length).toBeLessThanOrEqual(LIMITS.attemptTextCharactersMax);
    expect(shown).not.toContain(BEGIN);
    expect(shown).not.toMatch(/\[redacted:[^\]]*$/);
  }
});

test("a text without a secret is shown as it is, up to its bound and in whole characters", () => {
  expect(shownText(redactor, "git push", FILE, 500)).toBe("git push");
  expect(shownText(redactor, `${"a".repeat(499)}\u{1f600}`, FILE, 500)).toBe(`${"a".repeat(499)}\ufffd`);
  expect(shownText(redactor, `${"a".repeat(65_535)}\u{1f600}`, FILE, 70_000)).toMatch(/^a+$/);
});

test("R136 every text of an exchange that came from inside is redacted, then cut", () => {
  const long = `${"a".repeat(490)}${SECRET}`;
  const nothing = { bytes: 0, sha256: "" };
  const exchange: Exchange = {
    n: null,
    channel: "model",
    verdict: "denied",
    rule: "relay/body-field",
    field: `${"f".repeat(110)}${SECRET}`,
    action: null,
    method: long,
    host: long,
    path: long,
    model: long,
    request: nothing,
    response: nothing,
    status: 403,
    ms: 0,
    usage: null,
  };
  const shown = shownExchange(redactor, exchange, FILE);
  const cut = "a".repeat(490);
  expect(shown).toEqual({ ...exchange, method: cut, host: cut, path: cut, model: cut, field: "f".repeat(110) });
});
