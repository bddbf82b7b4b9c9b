import { assert, constantFrom, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";

import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { workId, type WorkId } from "../ids.ts";
import type { Refusal } from "../refusal.ts";
import type { Result } from "../result.ts";
import { lookAtList } from "./lint-work-list.ts";
import { LIST_BEGIN, LIST_END, listInStep, newList, type ItemOfPacket, type ListInStep } from "./write-work-list.ts";

const PATH = ".sot/03-PROTOCOLS/CTO-SAMPLE-ISSUES.md";
const TODAY = "2026-07-01";

const idOf = (text: string): WorkId => {
  const work = workId(text);
  if (work === undefined) throw new Error(`${text} is no id`);
  return work;
};
const item = (number: number, title = "Align slugify"): ItemOfPacket => ({
  work: idOf(`CTO-WORK-${String(number).padStart(3, "0")}`),
  title,
  packet: `.sot/03-PROTOCOLS/CTO-P${number}-APPROVAL-PACKET.md`,
});
const FROM = { owner: "jp", from: ".sot/authority/policy.yaml", today: TODAY };

const textOfMade = (made: Result<ListInStep, Refusal>): string => {
  if (!made.ok) throw new Error(made.refusals.map(({ code, facts }) => `${code} ${JSON.stringify(facts)}`).join("; "));
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(made.value.bytes);
};
const inStep = (text: string, ...items: readonly ItemOfPacket[]): string =>
  textOfMade(listInStep(documentOf(text, PATH), items, TODAY));
const codesOf = (text: string, ...items: readonly ItemOfPacket[]): readonly string[] => {
  const made = listInStep(documentOf(text, PATH), items, TODAY);
  return made.ok ? [] : made.refusals.map(({ code }) => code);
};
const MADE = textOfMade(newList(PATH, FROM, [item(49)]));

test("R009 to R013 a list that is made lints without a finding, is a draft, and is promoted nowhere", () => {
  const looked = lookAtList(documentOf(MADE, PATH), TODAY);
  expect(looked).toMatchObject({ errors: [], warnings: [], works: [{ work: "CTO-WORK-049", title: "Align slugify" }] });
  expect(MADE).toMatch(/^status: draft$/m);
  expect(MADE).toMatch(/^core_promotion_status: not-promoted$/m);
  expect(MADE).toMatch(/^ {2}Packet: `\.sot\/03-PROTOCOLS\/CTO-P49-APPROVAL-PACKET\.md`$/m);
});

test.each([
  ["nothing", ""],
  ["no line feed at its end", "# Issues\n\n- CTO-WORK-001: a"],
  ["blank lines at its end", "# Issues\n\n\n\n"],
  [
    "extra items and prose",
    "# Issues\n\nWhat we plan | and *why*.\n\n- [x] CTO-WORK-001: done\n  with a note\n## CTO-WORK-002 — b\n",
  ],
  ["a table", "| a | b |\n|---|---|\n| CTO-WORK-003 | c |\n"],
  ["the marks in a fence", `\`\`\`md\n${LIST_BEGIN}\n${LIST_END}\n\`\`\`\n`],
  ["a list that a person keeps in a comment", "<!--\n- CTO-WORK-001: a\n-->\n"],
])("R016 a list with %s keeps every byte, and a second time nothing changes", (_, text) => {
  const once = inStep(text, item(49), item(50, "Second"));
  expect(once.startsWith(text)).toBe(true);
  expect(inStep(once, item(49), item(50, "Second"))).toBe(once);
  const again = listInStep(documentOf(once, PATH), [item(49)], TODAY);
  expect(again).toMatchObject({ ok: true, value: { added: [], renewed: [] } });
});

test("what a person listed is neither listed again nor called otherwise", () => {
  const text = "# Issues\n\n- CTO-WORK-049: In a person's words\n";
  expect(inStep(text, item(49))).toBe(text);
});

test("between its marks a title follows its packet, a moved packet is named anew, and all other lines stay", () => {
  const block = [
    LIST_BEGIN,
    "A person's own line.",
    "",
    "- [x] `CTO-WORK-049` - Old title",
    "  Packet: `old.md`",
    "  A note under it.",
    "- CTO-WORK-777: an item that no packet has",
    "- CTO-WORK-050: Second",
    "",
    LIST_END,
    "Behind.",
  ];
  const changed = inStep(block.join("\n"), item(49), item(50, "Second"), item(51, "Third")).split("\n");
  expect(changed).toEqual([
    ...block.slice(0, 3),
    "- `CTO-WORK-049` - Align slugify",
    `  Packet: \`${item(49).packet}\``,
    ...block.slice(5, 8),
    `  Packet: \`${item(50).packet}\``,
    "- `CTO-WORK-051` - Third",
    `  Packet: \`${item(51).packet}\``,
    ...block.slice(8),
  ]);
});

test("an item whose packet is gone stays, because its id is never used again", () => {
  const both = inStep(MADE, item(49), item(50));
  expect(inStep(both, item(49))).toBe(both);
});

test.each<readonly [what: string, text: string, code: string]>([
  ["an id twice", "- CTO-WORK-001: a\n- CTO-WORK-001: b\n", "contract/work-repeated"],
  [
    "an id twice, once between the marks",
    MADE.replace(LIST_BEGIN, `- CTO-WORK-049: a\n\n${LIST_BEGIN}`),
    "contract/work-repeated",
  ],
  ["an id that is none", "- CTO-WORK-4: a\n", "contract/work-id"],
  ["a tier that only Core may give", MADE.replace("tier: local", "tier: core"), "packet/tier"],
  ["no banner", MADE.replace("Local planning SOT only. ", ""), "packet/banner"],
  ["carriage returns", MADE.replaceAll("\n", "\r\n"), "packet/invisible-characters"],
  ["a byte order mark", `\uFEFF${MADE}`, "packet/invisible-characters"],
  ["a NUL byte", "a\0", "packet/nul-byte"],
  ["more than 256 KiB", "x".repeat(262_145), "packet/too-large"],
  ["no room left", `${"x".repeat(262_100)}\n`, "packet/too-large"],
  ["only the first mark", MADE.replace(`${LIST_END}\n`, ""), "contract/list-form"],
  ["only the second mark", MADE.replace(`${LIST_BEGIN}\n`, ""), "contract/list-form"],
  ["the marks the other way round", `${LIST_END}\n${LIST_BEGIN}\n`, "contract/list-form"],
  ["the marks twice", `${MADE}${LIST_BEGIN}\n${LIST_END}\n`, "contract/list-form"],
  ["a fence that swallows the second mark", MADE.replace(LIST_END, `\`\`\`\n${LIST_END}`), "contract/list-form"],
  ["a fence open at its end", "# Issues\n\n```\nnever closed\n", "contract/list-form"],
])("a list with %s is refused, and no byte is drawn", (_, text, code) => {
  expect(codesOf(text, item(49), item(50))).toContain(code);
});

test("bytes that are no UTF-8 are refused", () => {
  const made = listInStep(documentOf(new Uint8Array([0x2d, 0xff, 0x0a]), PATH), [item(49)], TODAY);
  expect(made).toMatchObject({ ok: false, refusals: [{ code: "packet/not-utf8" }] });
});

test.each([
  ["-"],
  ["- and a dash"],
  [": colon"],
  ["— dash"],
  ["`code` first"],
  ["**bold** and _more_"],
  ["a | table | row |"],
  ["[x] done"],
  ["CTO-WORK-050: another id"],
  [LIST_END],
  ["``` fence"],
  ["# heading"],
  ["$(rm -rf ~) `id`"],
  ["a  b"],
])("a title of markup is listed as the packet has it: %s", (title) => {
  const once = inStep("", item(49, title));
  const looked = lookAtList(documentOf(once, PATH), TODAY);
  expect(looked.works).toMatchObject([{ work: "CTO-WORK-049", title }]);
  expect(inStep(once, item(49, title))).toBe(once);
});

test.each([["a\nb"], ["a\n- CTO-WORK-051: smuggled"], ["a\u202Eb"], ["a\rb"], [""], [" "]])(
  "a title that no packet can have is never written: %j",
  (title) => {
    expect(codesOf("", item(49, title))).not.toEqual([]);
  },
);

test("R016 whatever stands in a list and in titles: refused, or kept, listed and the same a second time", () => {
  const marks = constantFrom(
    LIST_BEGIN,
    LIST_END,
    "```",
    "- CTO-WORK-049: x",
    "- `CTO-WORK-050` - y",
    "  Packet: `z`",
    "",
  );
  const text = oneof(string({ unit: "grapheme-ascii", maxLength: 20 }), marks);
  const title = string({ unit: "grapheme-ascii", minLength: 1, maxLength: 30 }).map((written) => written.trim() || "t");
  let kept = 0;
  assert(
    property(text, text, text, text, text, title, title, (a, b, c, d, e, first, second) => {
      const before = [a, b, c, d, e, ""].join("\n");
      const items = [item(49, first), item(50, second)];
      const made = listInStep(documentOf(before, PATH), items, TODAY);
      if (!made.ok) return;
      kept += 1;
      const once = textOfMade(made);
      for (const line of before.split("\n"))
        if (!line.includes("CTO-WORK-") && !line.startsWith("  Packet:")) expect(once.split("\n")).toContain(line);
      expect(inStep(once, ...items)).toBe(once);
    }),
    { numRuns: 1000 },
  );
  expect(kept).toBeGreaterThan(250);
});
