import { expect, test } from "vitest";

import {
  mismatchesOf,
  saidOf,
  sealedAs,
  sumLinesOf,
  type Hashed,
  type Rehash,
  type SealedAs,
  type SumsRead,
} from "./sums.ts";

const [A, B] = ["a".repeat(64), "b".repeat(64)];

test.each([
  ["", undefined],
  [`${A}  a.txt`, undefined],
  [`${A} a.txt\n`, undefined],
  [`${A.toUpperCase()}  a.txt\n`, undefined],
  [`${A}  a.txt\n${B}  a.txt\n`, undefined],
  [`${A}  a.txt\n${B}  b/c.txt\n`, 2],
])("%j is %j lines of sums", (text, count) => {
  expect(sumLinesOf(text)?.length).toBe(count);
});

const listed = [
  { name: "a.txt", sha256: A },
  { name: "b.txt", sha256: B },
];

const rehash = (state: Rehash["state"], ...found: readonly Hashed[]): Rehash => ({
  state,
  listed,
  found: new Map(found.map((hashed, at) => [listed[at]?.name ?? "", hashed])),
});

test.each([
  [rehash("hashing", { kind: "same" }), "hashing in this browser, 1 of 2", []],
  [rehash("ended", { kind: "same" }, { kind: "same" }), "2 of 2 hashed in this browser", []],
  [
    rehash("ended", { kind: "same" }, { kind: "differs", found: A }),
    "1 of 2 hashed in this browser, 1 differ",
    ["b.txt"],
  ],
  [rehash("ended", { kind: "missing" }, { kind: "same" }), "1 of 2 hashed in this browser, 1 differ", ["a.txt"]],
  [
    rehash("ended", { kind: "unread", why: "away" }, { kind: "same" }),
    "1 of 2 hashed in this browser, 1 could not be read",
    [],
  ],
  [rehash("waiting"), "not hashed in this browser yet", []],
  [rehash("unread"), "SHA256SUMS could not be read: nothing is hashed in this browser", []],
  [rehash("unlisted"), "SHA256SUMS is not a list of sums", ["SHA256SUMS"]],
])("the count is of bytes that were hashed here and are the same", (state, says, mismatches) => {
  expect([saidOf(state), mismatchesOf(state)]).toEqual([says, mismatches]);
});

test.each<[string, SumsRead, SealedAs]>([
  ["a line about it", { kind: "text", text: `${A}  a.txt\n` }, { kind: "sum", sha256: A }],
  ["no line about it", { kind: "text", text: `${A}  b.txt\n` }, { kind: "no-line" }],
  ["what is no list of sums", { kind: "text", text: "a.txt" }, { kind: "no-list" }],
  ["no such file", { kind: "missing" }, { kind: "no-list" }],
  ["no answer", { kind: "unread", why: "away" }, { kind: "unread", why: "away" }],
])("of SHA256SUMS with %s nothing else is said", (_, sums, sealed) => {
  expect(sealedAs("a.txt", sums)).toEqual(sealed);
});
