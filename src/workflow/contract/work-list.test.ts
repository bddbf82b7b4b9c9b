import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { listedWork } from "./work-list.ts";

const PATH = ".sot/03-PROTOCOLS/CTO-FIRST-REAL-GOVERNED-WORKFLOW-ISSUES.md";

const listed = (text: string): unknown => {
  const answer = listedWork(documentOf(text, PATH));
  return answer.ok
    ? answer.value.map(({ work, title, at }) => [work, title, at.line])
    : answer.refusals.map(({ code, at }) => [code, at?.line, at?.column]);
};

test.each([
  ["- CTO-WORK-049: Align slugify"],
  ["* CTO-WORK-049: Align slugify"],
  ["1. CTO-WORK-049: Align slugify"],
  ["- [ ] CTO-WORK-049: Align slugify"],
  ["- [x] CTO-WORK-049 Align slugify"],
  ["- `CTO-WORK-049` Align slugify"],
  ["- **CTO-WORK-049**: Align slugify"],
  ["- **CTO-WORK-049:** Align slugify"],
  ["- CTO-WORK-049 - Align slugify"],
  ["- CTO-WORK-049 — Align slugify"],
  ["## CTO-WORK-049: Align slugify"],
  ["### `CTO-WORK-049` — Align slugify"],
])("R016 %j lists a work item with its title", (line) => {
  expect(listed(`# Issues\n\n${line}\n`)).toEqual([["CTO-WORK-049", "Align slugify", 3]]);
});

test("R016 several items keep their order; text, fences and deeper items list nothing", () => {
  const text = [
    "---",
    "name: cto-issues",
    "---",
    "CTO-WORK-001 is only mentioned.",
    "- CTO-WORK-1000: Later",
    "  - CTO-WORK-002: deeper",
    "- see CTO-WORK-003: mentioned",
    "```",
    "- CTO-WORK-004: an example",
    "```",
    "~~~~",
    "```",
    "- CTO-WORK-005: an example",
    "~~~~",
    "## CTO-WORK-049: Align slugify",
  ].join("\n");
  expect(listed(text)).toEqual([
    ["CTO-WORK-1000", "Later", 5],
    ["CTO-WORK-049", "Align slugify", 15],
  ]);
});

test.each([
  ["a repeated id", "- CTO-WORK-049: a\n## CTO-WORK-049: b", [["contract/work-repeated", 2, 1]]],
  ["an id of two digits", "- CTO-WORK-49: a", [["contract/work-id", 1, 1]]],
  ["an id of letters", "- CTO-WORK-04x: a", [["contract/work-id", 1, 1]]],
  ["an id with look-alike digits", "- CTO-WORK-04９: a", [["contract/work-id", 1, 1]]],
  ["an item without a title", "- CTO-WORK-049", [["contract/work-untitled", 1, 1]]],
  ["an item with an empty title", "- CTO-WORK-049: ", [["contract/work-untitled", 1, 1]]],
  ["a bidirectional override in the title", "- CTO-WORK-049: a\u202Eb", [["packet/invisible-characters", 1, 18]]],
  ["a NUL byte", "- CTO-WORK-049: a\0", [["packet/nul-byte", 1, 18]]],
])("R016 %s is refused where it stands", (_, text, expected) => {
  expect(listed(text)).toEqual(expected);
});

test("a list of more than 256 KiB is refused", () => {
  expect(listed("x".repeat(262_145))).toEqual([["packet/too-large", 1, 1]]);
});

test("no text crashes the reader of work lists, and none takes long", () => {
  assert(
    property(string({ unit: "binary", maxLength: 300 }), (text) => {
      expect(typeof listedWork(documentOf(`- CTO-WORK-049${text}`, PATH)).ok).toBe("boolean");
    }),
  );
  const spentMs = processorClock();
  for (const filler of ["`", "*", " ", "- ", ": ", "CTO-WORK-", "— x ", "x  "]) {
    const count = Math.floor(250_000 / filler.length);
    listedWork(documentOf(`- CTO-WORK-049${filler.repeat(count / 3)}\u0001`, PATH));
  }
  expect(spentMs()).toBeLessThan(10_000);
});
