import { expect, test } from "vitest";

import type { Step } from "../../../harness/objects/step.ts";
import { deniedIn, pathsIn } from "./seen.ts";

const step = (seq: number, label: string, detail: Step["detail"]): Step => ({
  seq,
  label,
  detail,
  stage: "backend",
  trust: "harness-observed",
  startedAt: "2026-01-01T00:00:00.000Z",
  subject: "",
});

const SEEN: readonly Step[] = [
  step(1, "file.written", { path: "src/b.ts", decision: "allowed" }),
  step(2, "file.written", { path: ".git/hooks/x", decision: "denied" }),
  step(3, "file.written", { path: "src/a.ts", decision: "allowed" }),
  step(4, "file.written", { path: "src/b.ts", decision: "allowed" }),
  step(5, "file.written", { path: "unjudged" }),
  step(6, "file.written", { path: 7, decision: "allowed" }),
  step(7, "sandbox.attempt", {}),
  step(8, "policy.violated", {}),
  step(9, "file.read", { path: "src/a.ts", decision: "allowed" }),
];

test("a write that was refused is not told as seen written, nor one without a decision", () => {
  expect(pathsIn(SEEN)).toEqual(["src/b.ts", "src/a.ts"]);
});

test("each thing that was not let through counts as denied, once", () => {
  expect(deniedIn(SEEN).map(({ seq }) => seq)).toEqual([2, 5, 7, 8]);
});
