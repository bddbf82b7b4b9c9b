import { assert, constantFrom, integer, oneof, property, string, tuple, uint8Array } from "fast-check";
import { expect, test } from "vitest";

import { digestOf } from "../digest.ts";
import { requiredSentenceMatch } from "./sentence.ts";

const exact =
  "I approve CTO-WORK-049 against /home/svrnty/workspaces/cortex-os/cto-stage5-target-sandbox for the src/strings.py slugify alignment task.";
const match = (received: string | Uint8Array): ReturnType<typeof requiredSentenceMatch> =>
  requiredSentenceMatch(exact, Buffer.from(received));

test("R044 the seed sentence is the one of 137 bytes", () => {
  expect(exact.length).toBe(137);
  expect(digestOf(exact)).toMatch(/^c71e80fa.*0c05$/);
});

test.each([
  ["variant 0: as it is", exact, "none"],
  ["variant 1: with the line feed of a shell", `${exact}\n`, "LF"],
  ["variant 2: with the line ending of a form", `${exact}\r\n`, "CRLF"],
])("R044 the exact sentence is accepted, %s", (_, received, terminator) => {
  expect(match(received)).toEqual({ ok: true, value: { terminator } });
});

test.each<[string, string | Uint8Array, number, string]>([
  ["variant 3: two line feeds", `${exact}\n\n`, 137, "U+000A"],
  ["variant 4: a trailing space", `${exact} `, 137, '" " (U+0020)'],
  ["variant 5: a leading space", ` ${exact}`, 0, '" " (U+0020)'],
  ["variant 6: a double space", exact.replace("I approve", "I  approve"), 2, '" " (U+0020)'],
  ["variant 7: a code fence", `\`\`\`text\n${exact}\n\`\`\``, 0, '"`" (U+0060)'],
  ["variant 8: backticks", `\`${exact}\``, 0, '"`" (U+0060)'],
  ["variant 9: a quotation", `> ${exact}`, 0, '">" (U+003E)'],
  ["variant 10: a prefix", `ok. ${exact}`, 0, '"o" (U+006F)'],
  ["variant 11: no final period", exact.slice(0, -1), 136, "the end"],
  ["variant 12: lower case", exact.toLowerCase(), 0, '"i" (U+0069)'],
  ["variant 13: a no-break space", exact.replace(" ", "\u{a0}"), 1, "U+00A0"],
  ["variant 14: a zero-width space in the id", exact.replace("CTO", "C\u{200b}TO"), 11, "U+200B"],
  ["variant 15: a byte order mark in front", `\u{feff}${exact}`, 0, "U+FEFF"],
  ["variant 16: a Cyrillic letter", exact.replace("approve", "\u{430}pprove"), 2, "U+0430"],
  ["variant 17: a no-break hyphen", exact.replace("CTO-", "CTO\u{2011}"), 13, "U+2011"],
  ["variant 18: a fullwidth digit", exact.replace("049", "\u{ff10}49"), 19, "U+FF10"],
  ["variant 19: a ligature", exact.replace("against", "again\u{fb06}"), 28, "U+FB06"],
  ["variant 20: a right-to-left override at the end", `${exact}\u{202e}`, 137, "U+202E"],
  ["variant 21: a tag character at the end", `${exact}\u{e0041}`, 137, "U+E0041"],
  ["variant 22: an escape sequence in front", `\u{1b}[0m${exact}`, 0, "U+001B"],
  ["nothing", "", 0, "the end"],
  ["one line feed", "\n", 0, "the end"],
  ["a lone carriage return at the end", `${exact}\r`, 137, "U+000D"],
  ["a carriage return and a line feed in the wrong order", `${exact}\n\r`, 137, "U+000A"],
  ["two Windows line endings", `${exact}\r\n\r\n`, 137, "U+000D"],
  ["a NUL at the end", `${exact}\0`, 137, "U+0000"],
  ["a NUL inside", exact.replace("approve ", "approve\0"), 9, "U+0000"],
  ["a byte that is no character", Buffer.concat([Buffer.from(exact), Buffer.of(0xff)]), 137, "the byte 0xFF"],
  ["UTF-16", Buffer.from(exact, "utf16le"), 1, "U+0000"],
  ["a cut character", Buffer.concat([Buffer.from(exact.slice(0, 5)), Buffer.of(0xe2, 0x80)]), 5, "the byte 0xE2"],
  ["4,097 bytes", `${exact}${"x".repeat(4097 - 137)}`, 137, '"x" (U+0078)'],
  ["4,096 spaces", " ".repeat(4096), 0, '" " (U+0020)'],
  ["the sentence twice", `${exact}\n${exact}`, 137, "U+000A"],
  ["another work item", exact.replace("049", "050"), 20, '"5" (U+0035)'],
  ["a wider target", exact.replace("/home/svrnty/", "/home/"), 37, '"w" (U+0077)'],
  ["a yes", "yes", 0, '"y" (U+0079)'],
])("R044 %s is refused at its first differing byte", (_, received, byte, got) => {
  expect(match(received)).toMatchObject({
    ok: false,
    refusals: [{ code: "approval/not-exact", facts: { at: byte + 1, got } }],
  });
});

test("R044 the difference is told as the owner reads it", () => {
  expect(match(exact.replace("against", "agianst"))).toMatchObject({
    refusals: [{ facts: { at: 26, expected: '"a"', got: '"i" (U+0069)' } }],
  });
  expect(match(`${exact}!`)).toMatchObject({ refusals: [{ facts: { expected: "the end" } }] });
});

test("a sentence of more than 4,096 bytes is never accepted, even where it is required", () => {
  const long = "x".repeat(4097);
  expect(requiredSentenceMatch(long, Buffer.from(long)).ok).toBe(false);
  expect(requiredSentenceMatch("x".repeat(4096), Buffer.from("x".repeat(4096))).ok).toBe(true);
});

test("R044 nothing but the three forms is ever accepted", () => {
  const accepted = new Set([exact, `${exact}\n`, `${exact}\r\n`]);
  const near = tuple(
    integer({ min: 0, max: 137 }),
    integer({ min: 0, max: 2 }),
    string({ unit: "binary", maxLength: 2 }),
  ).map(([at, cut, put]) => `${exact.slice(0, at)}${put}${exact.slice(at + cut)}`);
  const ended = constantFrom("", " ", "\n", "\r", "\r\n", "\n\n", "\t", "\u{feff}", "\u{2028}").map(
    (end) => `${exact}${end}`,
  );
  assert(
    property(oneof(near, ended), (received) => {
      const bytes = Buffer.from(received);
      expect(match(bytes).ok).toBe(accepted.has(bytes.toString()) && bytes.equals(Buffer.from(received)));
    }),
    { numRuns: 2000 },
  );
  assert(
    property(uint8Array({ maxLength: 300 }), (random) => {
      expect(match(random).ok).toBe(false);
    }),
  );
});
