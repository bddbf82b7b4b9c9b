import { anything, assert, dictionary, jsonValue, oneof, property, string, uint8Array } from "fast-check";
import { expect, test } from "vitest";

import { store, unstore } from "./stored.ts";

test.each<[string, unknown]>([
  ["a map", { probes: new Map([["C1", 1]]) }],
  ["a set", new Set(["a"])],
  ["a date", { at: new Date(0) }],
  ["an error", { cause: new Error("EIO") }],
  ["an object of another kind", new URL("file:///")],
  ["a number that is none", { ms: Number.NaN }],
  ["a number without end", [Number.POSITIVE_INFINITY]],
  ["a big number", { size: 1n }],
  ["a function", { close: () => undefined }],
  ["a hole", [1, undefined]],
  ["nothing", undefined],
  ["its own mark", { agent: { $bytes: "AAAA" } }],
])("%s would not come back as it was, so a step cannot leave it", (_, output) => {
  expect(() => store(output)).toThrow(TypeError);
});

test("bytes come back as bytes wherever they stand, and a view brings only what it shows", () => {
  const buffer = Buffer.from("0123456789");
  const output = {
    whole: new Uint8Array([0, 255]),
    part: buffer.subarray(2, 4),
    list: [buffer.subarray(0, 0)],
    none: null,
  };
  expect(unstore(store(output))).toEqual({
    whole: new Uint8Array([0, 255]),
    part: new Uint8Array([50, 51]),
    list: [new Uint8Array()],
    none: null,
  });
});

test("what only looks like bytes stays what it is", () => {
  const output = { type: "Buffer", data: [1, 2], text: "$bytes", $bytes2: "AAAA" };
  expect(unstore(store(output))).toEqual(output);
});

test("a member that is absent stays absent", () => {
  expect(unstore(store({ limit: undefined, ms: 1 }))).toEqual({ ms: 1 });
});

test("whatever is stored comes back equal", () => {
  const data = dictionary(string(), oneof(jsonValue({ noUnicodeString: false }), uint8Array()), {
    noNullPrototype: true,
  });
  assert(
    property(data, (output) => {
      // JSON knows no negative zero; no step leaves one that matters.
      const plain: unknown = JSON.parse(
        JSON.stringify(output, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value)),
      );
      const back = unstore(store(output));
      expect(
        JSON.parse(JSON.stringify(back, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value))),
      ).toEqual(plain);
    }),
  );
});

test("storing anything at all either keeps it or throws TypeError", () => {
  assert(
    property(
      anything({ withMap: true, withSet: true, withDate: true, withBigInt: true, withTypedArray: true }),
      (output) => {
        try {
          expect(store(output)).toEqual(store(unstore(store(output))));
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
        }
      },
    ),
  );
});
