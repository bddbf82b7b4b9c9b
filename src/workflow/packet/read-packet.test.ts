import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { changed, refusalsOf, seed, told } from "../../../test/fixtures/refused-packet.ts";

test("the seed itself is refused nothing, with or without its final line feed", () => {
  expect(told(seed)).toBe("");
  expect(told(seed.slice(0, -1))).toBe("");
});

test("an empty document, a bare frontmatter and plain words are refused", () => {
  for (const text of ["", "\n", "---", "---\n---", "---\n---\n", "hello", "```", "# a", "## Status", "- x"]) {
    expect(refusalsOf(text).length).toBeGreaterThan(0);
    expect(refusalsOf(text).every(({ at }) => at !== undefined)).toBe(true);
  }
});

test("every refusal of a packet is told at once, in the order of the lines", () => {
  const text = changed("tier: local", "tier: core")
    .replace("- `test_strings.py`", "- `/etc/passwd`")
    .replace("- push\n", "")
    .replace("pytest -q", "pytest -q; true");
  expect(told(text)).toBe("tier 3:7, path-absolute 29:4, forbidden-action-removed 30:1, validation-shell 58:21");
});

test("a flood of faults is told in part, and counted", () => {
  const refusals = refusalsOf(`${seed}${"<x>\n".repeat(3000)}`);
  expect(refusals).toHaveLength(201);
  expect(refusals.at(-1)).toMatchObject({ code: "packet/more-refusals", facts: { count: 2801 } });
});

test("a hostile document of the largest size is judged within seconds", () => {
  const lists = `Allowed paths:\n${"- `a*a*a*a*a*a/**/b`\n".repeat(1900)}Forbidden actions:\nForbidden paths:\n${"- `**/a*a*a*b`\n".repeat(1900)}`;
  const spentMs = processorClock();
  for (const hostile of [
    seed.replace(/Allowed paths:[^]*?(?=Success)/, lists),
    `---\nname: ${"[".repeat(200_000)}\n---\n`,
    "```\n".repeat(4000),
    "\u202E\n".repeat(4000),
    `- ${"`".repeat(250_000)}`,
    "<".repeat(250_000),
    `---\n${"a: b\n".repeat(4000)}---\n`,
    `---\n${"a:\n".repeat(40)}${"- ".repeat(60_000)}x\n---\n`,
  ]) {
    expect(refusalsOf(hostile).length).toBeGreaterThan(0);
  }
  expect(spentMs()).toBeLessThan(20_000);
});
