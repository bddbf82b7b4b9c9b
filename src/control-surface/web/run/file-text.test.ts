import { expect, test } from "vitest";

import { fileTextOf } from "./file-text.ts";

const of = (text: string): ReturnType<typeof fileTextOf> => fileTextOf(new TextEncoder().encode(text));

test.each([
  ["", [], undefined],
  ["a\nb", ["a", "b"], undefined],
  ['{"a":1}\n', ['{"a":1}'], ["{", '  "a": 1', "}"]],
  ['{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}'], ["{", '  "a": 1', "}", "{", '  "b": 2', "}"]],
  ['{\n  "a": 1\n}\n', ["{", '  "a": 1', "}"], undefined],
  ['{"a":', ['{"a":'], undefined],
])("%j is shown as its lines, and its JSON set out where that says more", (text, lines, json) => {
  expect(of(text)).toEqual({ kind: "text", lines, json });
});

test("what is no text is told as bytes", () => {
  expect(fileTextOf(new Uint8Array([0xff, 0x00]))).toEqual({ kind: "binary", rows: ["00000000  ff 00"] });
});
