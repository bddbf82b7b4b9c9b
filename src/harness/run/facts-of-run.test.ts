import { expect, test } from "vitest";

import { digestOf } from "../../workflow/digest.ts";
import { chainStart, eventLine } from "../../workflow/event-chain.ts";
import { parseRunId, type RunId } from "../../workflow/ids.ts";
import { factsOfRun } from "./facts-of-run.ts";

const RUN = parseRunId("R-049-02");
if (RUN === undefined) throw new TypeError("a run id has two numbers");
const TIME = "2026-01-01T00:00:00.000Z";

const chainOf = (run: RunId, subjects: readonly string[]): readonly string[] => {
  const lines: string[] = [];
  for (const [sequence, subject] of subjects.entries()) {
    const prev = sequence === 0 ? chainStart(run) : digestOf(lines.at(-1) ?? "");
    const event = { type: "file.read", subject, trust: "harness-observed", data: {} } as const;
    lines.push(eventLine({ event, run, sequence, prev, time: TIME, host: "a".repeat(64) }));
  }
  return lines;
};

const storeOf = (lines: readonly string[]) => {
  const store = { lines, facts: () => Promise.resolve([...store.lines]) };
  return store;
};

test("the facts of a run that is over are one list at each look", async () => {
  const store = storeOf(chainOf(RUN, ["a", "b"]));
  const first = await factsOfRun({ store }, RUN);
  expect(first.map(({ subject }) => subject)).toEqual(["a", "b"]);
  expect(await factsOfRun({ store }, RUN)).toBe(first);
});

test("a fact that came since is there at once, behind the ones that were read before", async () => {
  const store = storeOf(chainOf(RUN, ["a", "b"]));
  const before = await factsOfRun({ store }, RUN);
  store.lines = chainOf(RUN, ["a", "b", "c"]);
  const after = await factsOfRun({ store }, RUN);
  expect(after.map(({ subject }) => subject)).toEqual(["a", "b", "c"]);
  expect(after[1]).toBe(before[1]);
});

test.each([
  ["another line", ["a", "x", "c"]],
  ["a line less", ["a", "b"]],
  ["no line", []],
])("%s than was read before is what is answered", async (_, now) => {
  const store = storeOf(chainOf(RUN, ["a", "b", "c"]));
  await factsOfRun({ store }, RUN);
  store.lines = chainOf(RUN, now);
  expect((await factsOfRun({ store }, RUN)).map(({ subject }) => subject)).toEqual(now);
});

test("a line that is no fact is a crash, also where the ones before were read", async () => {
  const store = storeOf(chainOf(RUN, ["a"]));
  await factsOfRun({ store }, RUN);
  store.lines = [...store.lines, "{}"];
  await expect(factsOfRun({ store }, RUN)).rejects.toThrow(TypeError);
});
