import { expect, test } from "vitest";

import { LIMITS } from "../limits.ts";
import type { BackendEvent } from "./backend-events.ts";
import type { Frame } from "./frame.ts";
import { caseStory, type CaseStory } from "./normalize-case.ts";

const told = (lines: readonly object[]): { readonly story: CaseStory; readonly events: readonly BackendEvent[] } => {
  const story = caseStory();
  const frames = lines.map((frame): Frame => ({ t: 1, dir: "in", frame: frame as never }));
  return { story, events: frames.flatMap((frame, at) => story.next(frame, at + 1)) };
};

const end = (outcome: string, sequence: number): object => ({ event: "pipeline_end", outcome, sequence });

const lastPlan = (events: readonly BackendEvent[]): unknown =>
  events.findLast(({ type }) => type === "plan.updated")?.data["entries"];

test("phases are told as one plan in the order of their numbers, also those that are written after the last one", () => {
  const { events } = told([
    { event: "phase_start", sequence: 2, phase: "implement" },
    { event: "phase_end", sequence: 3, phase: "implement", outcome: "completed" },
    { event: "phase_start", sequence: 8, phase: "close" },
    { event: "phase_end", sequence: 9, phase: "close", outcome: "completed" },
    { event: "phase_skipped", sequence: 4, phase: "verify" },
    { event: "phase_skipped", sequence: 6, phase: "review" },
    { event: "phase_start", phase: "dream" },
  ]);
  expect(lastPlan(events)).toEqual([
    { content: "implement", status: "completed" },
    { content: "verify", status: "skipped" },
    { content: "review", status: "skipped" },
    { content: "close", status: "completed" },
    { content: "dream", status: "in_progress" },
  ]);
});

test("a flood of phases is kept line by line, and the plan stays as long as it is", () => {
  const many = Array.from({ length: 500 }, (_, at) => ({ event: "phase_start", sequence: at, phase: `phase ${at}` }));
  const { events } = told([...many, { event: "phase_end", phase: "x".repeat(10_000), outcome: "y".repeat(10_000) }]);
  expect(lastPlan(events)).toHaveLength(LIMITS.casePhasesMax);
  expect(events).toHaveLength(501);
  expect(events.at(-1)).toMatchObject({ type: "backend.extension", data: { method: "case phase_end" } });
});

test("events and phases that nobody knows yet are kept as they were said", () => {
  const { events } = told([{ event: "phase_retried", phase: "verify", n: 2 }, { event: "", x: 1 }, { event: 7 }, {}]);
  expect(events.map(({ type, trust, data }) => [type, trust, data["method"]])).toEqual([
    ["backend.extension", "backend-claimed", "case phase_retried"],
    ["backend.extension", "backend-claimed", "case"],
    ["backend.extension", "backend-claimed", "case"],
    ["backend.extension", "backend-claimed", "case"],
  ]);
  expect(events[0]?.data["params"]).toMatchObject({ phase: "verify", n: 2 });
});

test.each<[string, readonly object[], string | undefined]>([
  ["none", [{ event: "phase_end", outcome: "completed" }], undefined],
  ["one without an outcome", [{ event: "pipeline_end" }], "no outcome"],
  ["a later one that failed", [end("completed", 5), end("failed", 6)], "failed"],
  ["one that is written later and numbered earlier", [end("failed", 6), end("completed", 5)], "failed"],
  ["one without a number after another", [end("completed", 5), { event: "pipeline_end", outcome: "failed" }], "failed"],
])("of the ends of a pipeline the last by number counts: %s", (_, lines, outcome) => {
  expect(told(lines).story.outcome()).toBe(outcome);
});
