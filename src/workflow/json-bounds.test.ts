import { expect, test } from "vitest";

import { exceedsBounds } from "./json-bounds.ts";

const BOUNDS = { partsMax: 100, depthMax: 8 };

/** The same bytes, and how often one of them was looked at. */
const watched = (text: string): { readonly bytes: Uint8Array; readonly looks: () => number } => {
  const bytes = Buffer.from(text);
  let looks = 0;
  const watching = new Proxy(bytes, {
    get: (of, name) => {
      if (typeof name === "string" && /^\d+$/.test(name)) looks += 1;
      return Reflect.get(of, name, of);
    },
  });
  return { bytes: watching, looks: () => looks };
};

const many = (count: number, of: (at: number) => string): string =>
  Array.from({ length: count }, (_, at) => of(at)).join(",");

test.each([
  ["many keys", `{${many(101, (at) => `"k${at}":1`)}}`],
  ["many items", `[${many(101, () => "1")}]`],
  ["many empty objects", `[${many(51, () => "{}")}]`],
  ["many brackets", "[]".repeat(51)],
  ["depth", `${"[".repeat(9)}${"]".repeat(9)}`],
  ["depth in turn", '{"a":['.repeat(5)],
  ["what comes after a text that looks like an escape", `["\\\\"${",1".repeat(101)}]`],
])("R135 %s beyond the bound are seen", (_, text) => {
  expect(exceedsBounds(Buffer.from(text), BOUNDS)).toBe(true);
});

test.each([
  ["what a text holds", JSON.stringify({ a: ',[{"'.repeat(1000) })],
  ["a quote in a text", String.raw`{"a":"\"[[[[[[[[[[\\"}`],
  ["as many as may be", `[${many(99, () => "1")}]`],
  ["as deep as may be", `${"[".repeat(8)}${"]".repeat(8)}`],
  ["nothing", ""],
  ["a text without an end", '"[[[[[[[[[['],
  ["an escape without an end", '"\\'],
])("%s is within it", (_, text) => {
  expect(exceedsBounds(Buffer.from(text), BOUNDS)).toBe(false);
});

test("R135 each byte is looked at once, and none behind the bound", () => {
  const long = watched(JSON.stringify({ a: '\\"x'.repeat(10_000), b: [1, 2, 3] }));
  exceedsBounds(long.bytes, BOUNDS);
  expect(long.looks()).toBeLessThanOrEqual(long.bytes.length);
  const few = watched(`{${many(1_000, (at) => `"k${at}":1`)}}`);
  const more = watched(`{${many(10_000, (at) => `"k${at}":1`)}}`);
  expect([exceedsBounds(few.bytes, BOUNDS), exceedsBounds(more.bytes, BOUNDS)]).toEqual([true, true]);
  expect(more.looks()).toBe(few.looks());
});
