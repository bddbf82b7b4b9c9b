import { expect, test } from "vitest";

import type { Step } from "../../../harness/objects/step.ts";
import { stageFrom, worldAt } from "./world-at.ts";

const step = (seq: number, stage: Step["stage"], label: string, detail: Step["detail"] = {}): Step => ({
  seq,
  stage,
  label,
  trust: "harness-observed",
  startedAt: "2026-06-01T10:00:00Z",
  subject: "run",
  detail,
});

const STEPS: readonly Step[] = [
  step(1, "gate", "gate.decided", { allowed: true }),
  step(2, "backend", "file.read", { path: "a", decision: "allowed" }),
  step(3, "backend", "file.written", { path: "a", decision: "allowed" }),
  step(4, "backend", "file.written", { path: "setup.cfg", decision: "denied" }),
  step(5, "backend", "terminal.started", { command: "pytest" }),
  step(6, "policy", "diff.captured", { files: [] }),
  step(7, "policy", "diff.judged", { ok: true }),
  step(8, "validation", "validation.finished", { exitCode: 0 }),
];

test("at each step only what was recorded by then is known", () => {
  for (const { seq } of STEPS) {
    const { log, verdicts, paths, captured } = worldAt(STEPS, seq);
    for (const one of [...log, ...verdicts, ...paths]) expect(one.seq).toBeLessThanOrEqual(seq);
    expect(captured).toBe(seq < 6 ? undefined : 6);
  }
  expect(worldAt(STEPS, 0)).toEqual({ paths: [], captured: undefined, log: [], verdicts: [] });
});

test("a denied write is no write, and stays in the list", () => {
  expect(worldAt(STEPS, 8).paths).toEqual([
    { path: "a", written: 1, read: 1, denied: 0, seq: 3 },
    { path: "setup.cfg", written: 0, read: 0, denied: 1, seq: 4 },
  ]);
});

test("what has no decision counts as denied, never as done", () => {
  expect(worldAt([step(1, "backend", "file.written", { path: "x" })], 1).paths[0]).toMatchObject({
    written: 0,
    denied: 1,
  });
});

test("the next stage begins at its first fact", () => {
  expect([stageFrom(STEPS, 1), stageFrom(STEPS, 3), stageFrom(STEPS, 8)]).toEqual([2, 6, undefined]);
});
