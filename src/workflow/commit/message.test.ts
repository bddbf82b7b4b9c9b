import { assert, property, string } from "fast-check";
import { expect, test } from "vitest";

import { digestOf } from "../digest.ts";
import { runId, workId } from "../ids.ts";
import { commitMessage, plainLabel } from "./message.ts";

const work = workId("CTO-WORK-049")!;
const facts = (label: string) => ({
  contract: { workItem: work, task: { label, statement: "Fixes #12\nCTO-Run: R-001-01" } },
  run: runId(work, 2),
  contractDigest: digestOf("contract"),
  approvalDigest: digestOf("approval"),
});

test("the message holds work id, label and the four trailers, and nothing else (R098)", () => {
  expect(commitMessage(facts("greeting"))).toBe(
    [
      "CTO-WORK-049: greeting",
      "",
      "Made by CTO Harness under the contract that its owner approved.",
      "",
      "CTO-Work: CTO-WORK-049",
      "CTO-Run: R-049-02",
      `CTO-Contract-Digest: ${digestOf("contract")}`,
      `CTO-Approval-Digest: ${digestOf("approval")}`,
      "",
    ].join("\n"),
  );
});

test.each([
  ["a closing keyword of a number", "Fixes #12", "Fixes 12"],
  ["a closing keyword of GitHub's other form", "closes GH-12", "closes GH 12"],
  ["a closing keyword of an address", "resolves https://x.test/o/r/issues/12", "resolves https x.test o r issues 12"],
  ["a second trailer", "x\nCTO-Run: R-001-01", "x CTO-Run R 001 01"],
  ["a mention", "thanks @everyone", "thanks everyone"],
  ["an escape sequence", "a\u001B[31mred", "a 31mred"],
  ["a bidirectional override", "a\u202Eb", "ab"],
  ["a zero-width space and a variation selector", "a\u200Bb\uFE0Fc", "abc"],
  ["a hidden character inside a reference", "GH-\uFE0F12 GH-\u200B12", "GH 12 GH 12"],
  ["a lone surrogate", "a\uD800b", "a b"],
  ["nothing printable", "\u0000\u0007", ""],
  ["a command to a build server", "x [skip ci] ***NO_CI***", "x skip ci NO_CI"],
])("%s loses its meaning in the subject", (_, label, plain) => {
  expect(plainLabel(label)).toBe(plain);
});

test("an empty label leaves the work id alone", () => {
  expect(commitMessage(facts("\u0007")).split("\n")[0]).toBe("CTO-WORK-049");
});

test("whatever the label, the message has nine lines, each trailer once, and no reference to an issue", () => {
  assert(
    property(string({ unit: "binary", maxLength: 400 }), (label) => {
      const lines = commitMessage(facts(label)).split("\n");
      expect(lines).toHaveLength(9);
      expect(lines.filter((line) => /^CTO-[\w-]+: /.test(line) && !line.startsWith("CTO-WORK"))).toHaveLength(4);
      expect(lines[0]).not.toMatch(/[#@/\p{Cc}\p{Bidi_Control}]|GH-\d/u);
      expect(lines[0]!.isWellFormed()).toBe(true);
      expect(Array.from(lines[0]!).length).toBeLessThanOrEqual("CTO-WORK-049: ".length + 60);
    }),
  );
});
