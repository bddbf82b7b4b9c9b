import { expect, test } from "vitest";

import { documentOf, seedText } from "../../../test/fixtures/seed-packet.ts";
import { BASE_FORBIDDEN_PATHS } from "../vocabulary.ts";
import { lintPacket, type LintContext } from "./lint-packet.ts";

const seed = seedText("a");

const context: LintContext = {
  today: "2026-06-02",
  holds: () => true,
  baseForbiddenPaths: BASE_FORBIDDEN_PATHS,
  otherPacketOf: () => undefined,
  admittedBy: () => undefined,
  committedAt: () => "unknown",
};

const lint = (text: string, changes: Partial<LintContext> = {}): unknown =>
  lintPacket(documentOf(text), { ...context, ...changes }).map(({ severity, code, at }) => [
    severity,
    code,
    at.line,
    at.column,
  ]);

test("R025 the seed packet lints without an error, and says what the owner must judge", () => {
  expect(lint(seed)).toEqual([
    ["warning", "packet/criterion-prose", 51, 3],
    ["warning", "packet/criterion-prose", 52, 3],
  ]);
});

test("R012 a source that the home does not hold is a warning in its line", () => {
  expect(lint(seed, { holds: () => false })).toContainEqual(["warning", "packet/source-missing", 6, 9]);
});

test("R030 a path that policy.yaml forbids beside the base eight must be in the packet", () => {
  expect(lint(seed, { baseForbiddenPaths: [...BASE_FORBIDDEN_PATHS, "vendor/"] })).toContainEqual([
    "error",
    "packet/forbidden-path-removed",
    42,
    4,
  ]);
});

test("R016 a work item has one packet", () => {
  expect(lint(seed, { otherPacketOf: ({ work }) => `CTO-OTHER-${work.value}` })).toContainEqual([
    "error",
    "packet/id-taken",
    17,
    44,
  ]);
});

test("R025 each finding has its sentence and one next step, and no placeholder is left", () => {
  const found = lintPacket(documentOf(seed.replace("- push", "- fly").replace("tier: local", "tier: x")), context);
  expect(found.map(({ code, says }) => [code, says])).toEqual([
    ["packet/tier", "The tier x is not written here; only local is."],
    ["packet/forbidden-action-removed", "The forbidden action push is missing."],
    ["packet/action-unknown", "fly is no forbidden action that the Harness knows."],
  ]);
  for (const { says, next } of found) expect(`${says}${next}`).not.toMatch(/\{\w+\}/);
});
