import { expect, test } from "vitest";

import { recordedPieces } from "./recorded-pieces.ts";

test("R123 an answer of single bytes takes no more pieces than milliseconds, and loses none of its text", () => {
  const pieces = recordedPieces();
  const bytes = Buffer.from("äöü".repeat(100));
  bytes.forEach((byte, at) => pieces.add(Uint8Array.of(byte), Math.floor(at / 100)));
  const chunks = pieces.end();
  expect(chunks.map(({ ms }) => ms)).toEqual([0, 1, 2, 3, 4, 5]);
  expect(chunks.map(({ text }) => text).join("")).toBe(String(bytes));
});

test("R123 a letter that was broken off is in no piece but the last", () => {
  const pieces = recordedPieces();
  pieces.add(Buffer.from("a"), 0);
  pieces.add(Buffer.from("ä").subarray(0, 1), 1);
  expect(pieces.end()).toEqual([
    { ms: 0, text: "a" },
    { ms: 1, text: "\uFFFD" },
  ]);
});
