import { existsSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { documentOf, SEED_PATH, seedBytes, seedText } from "../../../test/fixtures/seed-packet.ts";
import { digestOf } from "../digest.ts";
import { readPacket } from "../packet/read-packet.ts";
import { separateStatements } from "../packet/statements.ts";
import { contractDigest, contractText } from "./contract.ts";
import { drawContract } from "./draw-contract.ts";

const TODAY = "2026-11-22";

const shared = new URL("../../../../shared/seed/CTO-FIRST-REAL-GOVERNED-WORKFLOW-APPROVAL-PACKET.md", import.meta.url);

test.runIf(existsSync(shared))("R140 the fixture is the seed packet, byte for byte", () => {
  expect(Buffer.from(seedBytes("a")).equals(readFileSync(shared))).toBe(true);
});

test.each([
  ["a", 3420, 90, "d725306d10cff698de28c508e2cd93bf9fa4e37687f45739666e5a084db09f7d"],
  ["b", 3453, 123, "38bca5ff10b00af2988cac7384c5b59c2b72402c787f1e104b41db8d9a9c4be5"],
] as const)("R140 form %s has %d bytes in %d lines, and its digest", (form, bytes, lines, digest) => {
  expect(seedBytes(form)).toHaveLength(bytes);
  expect(seedText(form).split("\n")).toHaveLength(lines + 1);
  expect(digestOf(seedBytes(form))).toBe(digest);
});

test("R141 form A with its statements separated is form B, and form B stays as it is", () => {
  expect(separateStatements(seedText("a"))).toBe(seedText("b"));
  expect(separateStatements(seedText("b"))).toBe(seedText("b"));
});

test.each(["a", "b"] as const)("R140 form %s reads unchanged and yields the golden contract", (form) => {
  const read = readPacket(documentOf(seedBytes(form)), TODAY);
  if (!read.ok) throw new Error(JSON.stringify(read.refusals));
  const drawn = drawContract(read.value.packet);
  if (!drawn.ok) throw new Error(JSON.stringify(drawn.refusals));
  expect(new TextEncoder().encode(contractText(drawn.value))).toHaveLength(2808);
  expect(contractDigest(drawn.value)).toBe("33c40bba7a470870ae4015fae6db597f517202689a75d91aabeedfd2f90096f6");
});

test("R140 the seed packet has three warnings, each in its line: an old review and two criteria for the owner", () => {
  const read = readPacket(documentOf(seedBytes("a")), TODAY);
  expect(read.ok && read.value.warnings.map(({ code, facts, at }) => [code, facts, at?.line, at?.column])).toEqual([
    ["packet/stale-review", { days: 174 }, 8, 16],
    ["packet/criterion-prose", { id: "C1" }, 51, 3],
    ["packet/criterion-prose", { id: "C2" }, 52, 3],
  ]);
});

test("R012 a review of 90 days ago is no warning", () => {
  const read = readPacket(documentOf(seedBytes("a")), "2026-08-30");
  expect(read.ok && read.value.warnings.map(({ code }) => code)).toEqual([
    "packet/criterion-prose",
    "packet/criterion-prose",
  ]);
});

test("R141 every field keeps its line and column in the original file, in both forms", () => {
  const placesIn = (form: "a" | "b"): unknown => {
    const read = readPacket(documentOf(seedBytes(form)), TODAY);
    if (!read.ok) throw new Error(JSON.stringify(read.refusals));
    const { frontmatter, work, target, task, allowedPaths, validation, sentence, gate, evidence } = read.value.packet;
    const fields = [frontmatter.owner, work, target.path, target.observed.branch, task, allowedPaths[1], validation];
    return [...fields, sentence, gate.backend, gate.stage, evidence[0]].map((field) => [
      field?.at.line,
      field?.at.column,
    ]);
  };
  expect(placesIn("a")).toEqual([
    [5, 8],
    [17, 44],
    [19, 23],
    [24, 34],
    [26, 7],
    [29, 4],
    [59, 1],
    [67, 1],
    [71, 41],
    [73, 27],
    [78, 4],
  ]);
  expect(placesIn("b")).toEqual([
    [5, 8],
    [22, 44],
    [26, 23],
    [31, 34],
    [35, 7],
    [40, 4],
    [78, 1],
    [91, 1],
    [98, 41],
    [101, 27],
    [109, 4],
  ]);
});

test("R014 the packet keeps the document it was read from", () => {
  const source = documentOf(seedBytes("a"));
  const read = readPacket(source, TODAY);
  expect(read.ok && read.value.packet.source).toBe(source);
  expect(source.path).toBe(SEED_PATH);
});

test("R023 prose that no rule knows is kept apart, with its place", () => {
  const text = seedText("a").replace("## Required Approval", "Whoever reads this: hello.\n## Required Approval");
  const read = readPacket(documentOf(text), TODAY);
  expect(read.ok && read.value.packet.prose.map(({ value }) => value)).toEqual([
    "Whoever reads this: hello.",
    "Without that exact approval, execution remains blocked.",
  ]);
});
