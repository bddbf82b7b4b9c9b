import { expect, test } from "vitest";

import type { Step } from "../../../harness/objects/step.ts";
import { rowsOf } from "./timeline-rows.ts";

const at = (ms: number): string => new Date(1_700_000_000_000 + ms).toISOString();

const fact = (seq: number, label: string, ms: number, more: Partial<Step> = {}): Step => ({
  seq,
  stage: "gate",
  label,
  trust: "harness-observed",
  startedAt: at(ms),
  subject: "run",
  detail: {},
  ...more,
});

test("checks that passed are one row, and the one that did not has its own", () => {
  const check = (seq: number, ok: boolean): Step =>
    fact(seq, "gate.checked", seq, { detail: { ok, check: "lock", reason: "free" } });
  const rows = rowsOf([check(1, true), check(2, true), check(3, false), check(4, true)]);
  expect(rows.map(({ first, last, isBad }) => [first, last, isBad])).toEqual([
    [1, 2, false],
    [3, 3, true],
    [4, 4, false],
  ]);
});

test("checks that were not asked are one row, and no failure of theirs", () => {
  const check = (seq: number, status: string): Step =>
    fact(seq, "gate.checked", seq, { detail: { ok: false, status, check: "lock", reason: "waits for record" } });
  const rows = rowsOf([check(1, "block"), check(2, "not-evaluated"), check(3, "not-evaluated")]);
  expect(rows.map(({ first, last, isBad }) => [first, last, isBad])).toEqual([
    [1, 1, true],
    [2, 3, false],
  ]);
});

test("an end goes into the row of its beginning, and what lasted long is drawn long", () => {
  const tool = { subject: "tool/1", trust: "backend-claimed" } as const;
  const [row, ...others] = rowsOf([fact(1, "tool.started", 0, tool), fact(2, "tool.finished", 800, tool)]);
  expect(others).toEqual([]);
  expect(row).toMatchObject({ first: 1, last: 2, ms: 800, who: "agent", from: 0, length: 1 });
});

test("the result of one of two that were open at once stands beside neither", () => {
  const on = { subject: "validation/candidate" } as const;
  const rows = rowsOf([
    fact(1, "validation.started", 0, on),
    fact(2, "validation.started", 5, on),
    fact(3, "validation.finished", 9, { ...on, detail: { exitCode: 1, ms: 4 } }),
    fact(4, "validation.finished", 12, { ...on, detail: { exitCode: 0, ms: 12 } }),
  ]);
  expect(rows.map(({ first, last }) => [first, last])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
    [4, 4],
  ]);
});

test("an end that the Harness saw never goes into the row of a claim", () => {
  const rows = rowsOf([
    fact(1, "permission.requested", 0, { trust: "backend-claimed" }),
    fact(2, "permission.decided", 1, { detail: { decision: "denied" } }),
  ]);
  expect(rows.map(({ who, isBad }) => [who, isBad])).toEqual([
    ["agent", false],
    ["harness", true],
  ]);
});

test("a long wait is folded out of the axis and told by its length", () => {
  const rows = rowsOf([fact(1, "run.started", 0), fact(2, "gate.decided", 840_000), fact(3, "permit.issued", 840_400)]);
  expect(rows.map(({ idle }) => idle)).toEqual([undefined, 840_000, undefined]);
  expect(rows.map(({ from }) => from)).toEqual([0, 0.5, 1]);
});

test("a page never has more rows than facts, whatever they are", () => {
  const steps = Array.from({ length: 200 }, (_, seq) =>
    fact(seq, seq % 3 === 0 ? "message.recorded" : "step.finished", seq),
  );
  expect(rowsOf(steps).length).toBeLessThanOrEqual(200);
  expect(rowsOf([])).toEqual([]);
});
