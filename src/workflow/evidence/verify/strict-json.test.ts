import { assert, constantFrom, jsonValue, property, uint8Array } from "fast-check";
import { expect, test } from "vitest";

import { base64Bytes, unpaddedBase64 } from "./bytes.ts";
import { strictJson } from "./strict-json.ts";

test("a key that stands twice is found, however the text around it is written", () => {
  const spaces = constantFrom("", " ", "\t", "\n");
  const strings = constantFrom('":', 'a":"b', "a", '\\":', '" :', ' ":"');
  assert(
    property(spaces, spaces, strings, strings, uint8Array({ maxLength: 3 }), (before, after, one, two, more) => {
      const [key, text] = [JSON.stringify(one), JSON.stringify(two)];
      const colon = `${before}:${after}`;
      const others = [...more].map((_, at) => `"k${at}"${colon}${text}`);
      const whole = (members: readonly string[]): string => `[{${members.join(",")}}]`;
      expect(strictJson(whole([`${key}${colon}${text}`, ...others]))).toBeDefined();
      expect(strictJson(whole([`${key}${colon}${text}`, ...others, `${key}${colon}{${key}:1}`]))).toBeUndefined();
    }),
  );
});

test("what JSON.stringify writes is read as it was", () => {
  assert(
    property(jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value);
      const read = strictJson(text);
      if (text.isWellFormed()) expect(JSON.stringify(read?.value)).toBe(text);
    }),
  );
});

test.each([
  ["a key twice", '{"a":1,"a":2}'],
  ["a key twice, once escaped", String.raw`{"a":1,"\u0061":2}`],
  ["a key twice, deep inside", '[{"x":{"a":1,"b":2,"a":3}}]'],
  ["a key twice, with much white space", `{"a":1,"a"${" ".repeat(5000)}:2}`],
  ["a byte order mark", '\uFEFF{"a":1}'],
  ["a lone surrogate", '{"a":"\uD800"}'],
  ["NaN", '{"a":NaN}'],
  ["a comment", '{"a":1}// no'],
  ["two values", '{"a":1}{"a":1}'],
  ["nothing", ""],
  ["nesting without end", "[".repeat(5000) + "]".repeat(5000)],
])("%s is no strict JSON", (_, text) => {
  expect(strictJson(text)).toBeUndefined();
});

test("the same key in different objects, and as a value, is fine", () => {
  expect(strictJson('[{"a":"a"},{"a":{"a":["a","a"]}}]')).toBeDefined();
});

test("base64 has one form for each byte string", () => {
  assert(
    property(uint8Array({ maxLength: 40 }), (bytes) => {
      const text = Buffer.from(bytes).toString("base64");
      expect(base64Bytes(text)).toEqual(bytes);
      expect(unpaddedBase64(bytes)).toBe(text.replace(/=+$/, ""));
    }),
  );
  for (const text of ["A", "AA", "AB==", "AAB=", "A===", "AA==AA==", "AA\n=="])
    expect(base64Bytes(text)).toBeUndefined();
});
