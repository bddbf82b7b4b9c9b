import { assert, constantFrom, property, uniqueArray } from "fast-check";
import { expect, test } from "vitest";

import { changed, seed, without } from "../../../test/fixtures/refused-packet.ts";
import { documentOf } from "../../../test/fixtures/seed-packet.ts";
import { contractDigest } from "../../workflow/contract/contract.ts";
import { drawContract } from "../../workflow/contract/draw-contract.ts";
import { readPacket } from "../../workflow/packet/read-packet.ts";
import { fixPacket } from "./fix-packets.ts";
import { lintContextAlone } from "./lint-packets.ts";

const around = lintContextAlone("2026-06-02");

const fixed = (text: string | Uint8Array): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(fixPacket(documentOf(text), around).source.bytes);

const contractOf = (text: string): string => {
  const read = readPacket(documentOf(text), "2026-06-02");
  if (!read.ok) throw new Error(read.refusals.map(({ code }) => code).join(", "));
  const drawn = drawContract(read.value.packet);
  if (!drawn.ok) throw new Error("no contract");
  return contractDigest(drawn.value);
};

test.each<readonly [string, string]>([
  ["a space at the end of a line", changed("Allowed paths:", "Allowed paths: ")],
  ["line ends of another system", seed.replaceAll("\n", "\r\n")],
  ["a byte order mark", `\uFEFF${seed}`],
  ["another name", changed("name: cto-first", "name: cto-second")],
  ["a quoted name", changed("name: cto-first-real-governed-workflow-approval-packet", 'name: "cto-x"')],
  ["a banner in other words", changed("Not active Core authority.", "Active Core authority.")],
  ["no banner", without("Local planning SOT only. Not a Core Protocol. Not active Core authority.")],
  ["a notice in other words", changed("does not activate Case", "may activate Case")],
  ["an allowed path twice", changed("- `test_strings.py`", "- `test_strings.py`\n- `test_strings.py`")],
  ["the sentence of another work item", changed("approve CTO-WORK-049", "approve CTO-WORK-007")],
  ["the sentence of another target", changed("against /home/svrnty/workspaces", "against /workspaces")],
])("%s is mended into the very contract of the seed", (_, text) => {
  expect(contractOf(fixed(text))).toBe(contractOf(seed));
  expect(fixed(fixed(text))).toBe(fixed(text));
});

test("forbidden actions, forbidden paths and evidence that were taken out stand at the end of their lists again", () => {
  const text = without("- push").replace("- `deploy/`\n", "").replace("- `report.md`\n", "");
  expect(fixed(text)).toBe(
    text
      .replace("- cortex_core_mutation\n", "- cortex_core_mutation\n- push\n")
      .replace("- `.git/`\n", "- `.git/`\n- `deploy/`\n")
      .replace("- Hermes Control Surface summary path\n", "- Hermes Control Surface summary path\n- `report.md`\n"),
  );
});

test.each<readonly [string, string | Uint8Array]>([
  ["a path that climbs", changed("- `test_strings.py`", "- `../x`")],
  ["an owner who is named in two ways", changed("Repository owner: `jp`", "Repository owner: `eve`")],
  ["a status that is said in two ways", changed("Status: validated", "Status: draft")],
  ["a review that is long ago", changed("last_reviewed: 2026-06-01", "last_reviewed: 2026-06-03")],
  ["a bullet of another kind", changed("- `test_strings.py`", "* `deploy/`")],
  ["a second command", changed("-m pytest -q", "-m pytest -q\ntrue")],
  [
    "an item that stands twice and says two things",
    changed("- Repository owner: `jp`", "- Repository owner: `jp`\n- Repository owner: `eve`"),
  ],
  ["a carriage return within a line", changed("Task: align", "Task: al\rign")],
  ["a mark that is not at the beginning", changed("Task: align", "Task: al\uFEFFign")],
  ["a sentence without its label", changed("for the src/strings.py slugify alignment task.", "at once.")],
  ["a notice with words behind it", `${changed("does not activate Case", "may activate Case")}Except on Fridays.\n`],
  ["bytes that are no text", Uint8Array.of(0xff, 0xfe)],
  ["nothing", ""],
])("%s is left to its author", (_, text) => {
  const source = documentOf(text);
  expect(fixPacket(source, around)).toEqual({ source, made: [] });
});

const BREAKS: readonly ((text: string) => string)[] = [
  (text) => text.replace("Allowed paths:", "Allowed paths:  "),
  (text) => text.replaceAll("\n", "\r\n"),
  (text) => text.replace("- push", "- merge"),
  (text) => text.replace("- `.git/`", "- `.env`"),
  (text) => text.replace("- `report.json`", "- `report.md`"),
  (text) => text.replace("approve CTO-WORK-049", "approve CTO-WORK-1"),
  (text) => text.replace("Not active Core", "Active Core"),
  (text) => text.replace("name: cto-first", "name: x"),
  (text) => text.replace("- `src/strings.py`", "- `src/strings.py` "),
  (text) => text.replace("does not promote", "promotes"),
];

test("whatever of these is broken together is mended together, and allows and demands what the seed does", () => {
  assert(
    property(uniqueArray(constantFrom(...BREAKS)), (breaks) => {
      const mended = fixed(breaks.reduce((text, how) => how(text), seed));
      const read = readPacket(documentOf(mended), "2026-06-02");
      const of = (text: string): unknown => {
        const packet = readPacket(documentOf(text), "2026-06-02");
        if (!packet.ok) throw new Error(packet.refusals.map(({ code }) => code).join(", "));
        const { allowedPaths, criteria, validation, sentence, task, target, forbiddenActions, evidence } =
          packet.value.packet;
        return [
          allowedPaths.map(({ value }) => value),
          criteria.map(({ value }) => value),
          validation.value,
          sentence.value,
          task.value,
          target.path.value,
          forbiddenActions.map(({ value }) => value).toSorted(),
          evidence.map(({ value }) => value).toSorted(),
        ];
      };
      expect(read.ok).toBe(true);
      expect(of(mended)).toEqual(of(seed));
    }),
    { numRuns: 60 },
  );
});
