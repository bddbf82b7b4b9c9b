import { constants } from "node:buffer";

import { array, assert, constantFrom, property } from "fast-check";
import { expect, test } from "vitest";

import { runId, workId } from "../ids.ts";
import { redactionsOf } from "./redactions-file.ts";

const work = workId("CTO-WORK-049");
if (work === undefined) throw new Error("no work id");
const record = { run: runId(work, 1), events: [], redacted: [] };

type Place = readonly [mark: string, line: number, column: number];

const placesIn = (bytes: Uint8Array): readonly Place[] =>
  redactionsOf(record, new Map([["test.log", bytes]])).redactions.map(({ mark, line, column }) => [mark, line, column]);

test.each<readonly [string, string, readonly Place[]]>([
  ["at the first byte", "[redacted:github]", [["github", 1, 1]]],
  ["after a line feed", "one\ntwo [redacted:github]", [["github", 2, 5]]],
  [
    "two on a line",
    "[redacted:a][redacted:b#2]\n",
    [
      ["a", 1, 1],
      ["b#2", 1, 13],
    ],
  ],
  ["escaped, as in Markdown", "x \\[redacted:a\\_b\\]", [["a_b", 1, 3]]],
  ["behind one that is none", "[redacted:[redacted:a]", [["a", 1, 11]]],
  ["with the longest name", `[redacted:${"n".repeat(200)}]`, [["n".repeat(200), 1, 1]]],
  ["with the longest name, each character escaped", `\\[redacted:${"\\n".repeat(200)}\\]`, [["n".repeat(200), 1, 1]]],
  ["none with a longer name", `[redacted:${"n".repeat(201)}]`, []],
  ["none without an end", "[redacted:github", []],
  ["none without a name", "[redacted:]", []],
  ["none over two lines", "[redacted:git\nhub]", []],
])("R136 a mark has its place: %s", (_, text, places) => {
  expect(placesIn(Buffer.from(text))).toEqual(places);
});

test("R136 every mark of any text is found, where it stands", () => {
  const pieces = constantFrom("[redacted:", "a", "#2", "\\", "]", "[", "\n", "\n\n", " ", "é", "[redacted:key]");
  assert(
    property(array(pieces, { maxLength: 60 }), (parts) => {
      const text = Buffer.from(parts.join(""), "utf8").toString("latin1");
      const expected = [...text.matchAll(/\\?\[redacted:((?:\\?[A-Za-z0-9_.:/#-]){1,200})\\?\]/g)].map(
        (found): Place => {
          const before = text.slice(0, found.index).split("\n");
          return [(found[1] ?? "").replaceAll("\\", ""), before.length, (before.at(-1)?.length ?? 0) + 1];
        },
      );
      expect(placesIn(Buffer.from(text, "latin1"))).toEqual(expected);
    }),
  );
});

test("R136 a file longer than any string is looked through, and its mark found at the end", () => {
  // Memory that nobody wrote costs nothing.
  const bytes = new Uint8Array(constants.MAX_STRING_LENGTH + 4096);
  const end = Buffer.from("\none\n[redacted:github]\n");
  bytes.set(end, bytes.length - end.length);
  expect(placesIn(bytes)).toEqual([["github", 3, 1]]);
});
