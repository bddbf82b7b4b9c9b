import { expect, test } from "vitest";

import { openFakeRoomOf } from "../../../test/fakes/frame-room.ts";
import { redactingSink } from "../../../test/fakes/redacting-sink.ts";
import { LIMITS } from "../../workflow/limits.ts";
import { openErrorStream } from "./error-stream.ts";

const lastLineOf = async (...pieces: readonly string[]): Promise<string | undefined> => {
  const room = openFakeRoomOf(redactingSink());
  const errors = openErrorStream(room, ReadableStream.from(pieces.map((piece) => Buffer.from(piece))), 1_000);
  await errors.ended(5_000);
  return errors.lastLine();
};

const KEY = `-----BEGIN PRIVATE KEY-----\n${`${"MIIEvQ".repeat(10)}\n`.repeat(20)}`;
const LAST = "MIIEvQ".repeat(10);
const FULL = LIMITS.lastWordsBytesMax;

test.each<[string, readonly string[], string | undefined]>([
  ["nothing", [], undefined],
  ["line feeds only", ["\n\r\n \n"], undefined],
  ["the last of several lines", ["first\nsecond\r\n", "  th", "ird \n\n"], "third"],
  ["a line after more than is remembered", ["x".repeat(FULL), "\nthe end\n"], "the end"],
  ["a line that is longer than what is remembered", ["x".repeat(FULL + 1)], undefined],
  ["what reorders and what steers", ["a\u202eb\u001b[2Jc"], "a<U+202E>b<U+001B>[2Jc"],
  ["what is no text", ["\ufffd\u0000"], "\ufffd<U+0000>"],
])("of %s the last line is told as it can be shown", async (_, pieces, line) => {
  expect(await lastLineOf(...pieces)).toBe(line);
});

test("R136 no part of a secret is in the last line, however it was cut or continued", async () => {
  const token = `ghp_${"a1B2".repeat(9)}`;
  expect(await lastLineOf(`key ${token.slice(0, 9)}`, token.slice(9))).toBe("key [redacted:github]");
  for (const end of [KEY, `${KEY}-----END PRIVATE KEY-----\n`]) expect(await lastLineOf(end)).not.toContain(LAST);
  // The cut goes through the token, so its line is not known from its beginning.
  expect(await lastLineOf(token, "x".repeat(FULL - 20))).toBeUndefined();
  for (let room = 0; room < token.length + 12; room += 1) {
    const line = await lastLineOf(`${"x".repeat(LIMITS.agentsWordsCharactersMax - room)} ${token}`);
    expect(line).not.toContain(token.slice(0, 8));
    expect(line?.length).toBeLessThanOrEqual(LIMITS.agentsWordsCharactersMax);
  }
});
