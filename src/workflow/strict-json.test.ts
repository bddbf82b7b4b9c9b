import { assert, jsonValue, property, stringMatching, uint8Array } from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";

import { parseStrictJson, readStrictJson } from "./strict-json.ts";

const bytes = (text: string): Uint8Array => Buffer.from(text);

test.each<[string, Uint8Array | string, string]>([
  ["a key twice", '{"a":1,"a":2}', "twice"],
  ["a key twice, once escaped", String.raw`{"a":1,"\u0061":2}`, "twice"],
  ["a key twice deep inside", '[{"x":[{"b":1 , "b" :2}]}]', "twice"],
  ["a key twice with a text between that looks like the end", String.raw`{"a":"}\"{","a":1}`, "twice"],
  ["__proto__", '{"__proto__":{}}', "__proto__"],
  ["a byte order mark", "\u{feff}{}", "byte order mark"],
  ["half a character", String.raw`{"a":"\ud800"}`, "half a character"],
  ["a number too large", '{"a":1e400}', "too large"],
  ["NaN", '{"a":NaN}', "not JSON"],
  ["a comment", "{} // x", "not JSON"],
  ["two values", "{}{}", "not JSON"],
  ["a comma at the end", "[1,]", "not JSON"],
  ["nothing", "", "not JSON"],
  ["too deep", `${"[".repeat(65)}${"]".repeat(65)}`, "deeper"],
  ["bytes that are not UTF-8", Buffer.of(0x22, 0xff, 0x22), "UTF-8"],
  ["too many bytes", `"${"x".repeat(2000)}"`, "longer"],
])("%s is refused", (_, content, problem) => {
  const read = parseStrictJson(Buffer.from(content), 1000);
  expect(read).toEqual({ ok: false, refusals: [expect.stringContaining(problem)] });
});

test("the same key in two objects is no repetition, and texts may hold brackets and colons", () => {
  const text = String.raw`{"a":{"a":"{\"a\":1}"},"b":[{"a":"x:"},{"a":":"}, "a", "a"]}`;
  expect(parseStrictJson(bytes(text), 1000)).toEqual({ ok: true, value: JSON.parse(text) });
});

test("a schema is named with the place that it objects to", () => {
  const schema = z.strictObject({ a: z.strictObject({ b: z.int() }) });
  expect(readStrictJson(bytes('{"a":{"b":"1"}}'), 1000, schema)).toMatchObject({
    refusals: [expect.stringContaining("a.b: ")],
  });
  expect(readStrictJson(bytes('{"a":{"b":1},"c":1}'), 1000, schema).ok).toBe(false);
});

test("every JSON value reads back as itself, and the same object with a key repeated never", () => {
  assert(
    property(jsonValue({ maxDepth: 4 }), (value) => {
      const text = JSON.stringify(value);
      if (/__proto__|\\ud[89a-f]/.test(text)) return;
      expect(parseStrictJson(bytes(text), 2 ** 20)).toEqual({ ok: true, value: JSON.parse(text) });
    }),
  );
  assert(
    property(stringMatching(/^[^\ud800-\udfff]{0,8}$/), jsonValue(), (key, value) => {
      const member = `${JSON.stringify(key)}:${JSON.stringify(value)}`;
      expect(parseStrictJson(bytes(`{${member},${member}}`), 2 ** 20).ok).toBe(false);
    }),
  );
});

test("no bytes make it throw", () => {
  assert(property(uint8Array({ maxLength: 64 }), (random) => void parseStrictJson(random, 1000)));
});
