import { expect, test } from "vitest";

import { documentOf } from "../../test/fixtures/seed-packet.ts";
import { defaultActivationIn } from "./default-activation.ts";
import { defaultPolicyText } from "./default-policy.ts";

const reading = (content: string | Uint8Array): boolean | "unknown" =>
  defaultActivationIn(documentOf(content, ".sot/authority/policy.yaml"));

test("R004 without a policy, and in the one that cto init writes, nothing is activated by default", () => {
  expect(defaultActivationIn("absent")).toBe(false);
  expect(reading(defaultPolicyText())).toBe(false);
  expect(reading("schema: cto/policy/v1\nruntime: {}\n")).toBe(false);
  expect(reading("runtime:\n  defaultActivation: false\n")).toBe(false);
});

test.each([
  "runtime:\n  defaultActivation: true\n",
  '{"runtime":{"defaultActivation":true}}',
  "runtime: { other: 1, defaultActivation: True }\n",
])("R004 %j is read as what it says", (text) => {
  expect(reading(text)).toBe(true);
});

test.each<[string, string | Uint8Array]>([
  ["empty", ""],
  ["a list", "- runtime\n"],
  ["not YAML", "runtime: ["],
  ["not UTF-8", Buffer.of(0x72, 0xff)],
  ["with the key twice", "runtime:\n  defaultActivation: false\n  defaultActivation: true\n"],
  ["with the section twice", "runtime: {}\nruntime:\n  defaultActivation: true\n"],
  ["with an alias for the section", "a: &a { defaultActivation: true }\nruntime: *a\n"],
  ["with two documents", "runtime: {}\n---\nruntime: { defaultActivation: true }\n"],
  ["with a word for it", "runtime:\n  defaultActivation: 'false'\n"],
  ["with the no of an older YAML", "runtime:\n  defaultActivation: no\n"],
  ["with a number for it", "runtime:\n  defaultActivation: 0\n"],
  ["with nothing for it", "runtime:\n  defaultActivation:\n"],
  ["with a word for the section", "runtime: defaultActivation\n"],
])("R004 a policy that is %s says nothing, and nothing is not false", (_, content) => {
  expect(reading(content)).toBe("unknown");
});
