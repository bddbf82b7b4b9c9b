import { expect, test } from "vitest";

import { source } from "../../../../test/fixtures/governed.ts";
import { defaultPolicyText } from "../../default-policy.ts";
import { readPolicy } from "../../read-policy.ts";
import { utf8 } from "./bytes.ts";
import { policyList } from "./policy-lists.ts";

const withList = (lines: string): string => defaultPolicyText().replace(/secretPaths:\n(?: {2}- .*\n)+/, `${lines}\n`);

test.each([
  ["as cto init writes it", defaultPolicyText()],
  ["in brackets", withList("secretPaths: [.env, 'my secrets/', \"*.pem\"] # three")],
  ["empty", withList("secretPaths: []")],
  [
    "without indentation, quoted, with comments between",
    withList("secretPaths:\n- .env\n# more\n- '*.pem'   # keys\n- \"a b/\""),
  ],
])("a list %s is the one that the Harness reads", (_, text) => {
  const read = readPolicy(source("policy.yaml", text));
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  expect(policyList(utf8(text), "secretPaths")).toEqual(read.value.secretPaths);
  expect(policyList(utf8(text), "baseForbiddenPaths")).toEqual(read.value.baseForbiddenPaths);
});

test.each([
  ["that is not there", withList("")],
  ["that is there twice", withList("secretPaths: []\nsecretPaths: [.env]")],
  ["under a quoted key", withList('"secretPaths": [.env]')],
  ["with an alias", withList("secretPaths: *more")],
  ["with an item that goes on", withList("secretPaths:\n  - .env\n    more")],
  ["with an escape", withList('secretPaths: ["a\\u002f"]')],
  ["with a quote in a quote", withList("secretPaths: ['it''s']")],
  ["over more lines", withList("secretPaths: [.env,\n  secrets/]")],
  ["of lists", withList("secretPaths:\n  - [.env]")],
  ["that is one word", withList("secretPaths: .env")],
])("a list %s is not guessed", (_, text) => {
  expect(policyList(utf8(text), "secretPaths")).toBeUndefined();
});

test("without a policy there is no list", () => {
  expect(policyList(undefined, "secretPaths")).toBeUndefined();
});
