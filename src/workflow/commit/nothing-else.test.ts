import { expect, test } from "vitest";

import type { ControlPlane } from "../admission/observation.ts";
import { digestOf } from "../digest.ts";
import { parseOid, runId, workId } from "../ids.ts";
import { movesBetween, nothingMoved, onlyTheBranchMoved, reflogLine, refsAmong } from "./nothing-else.ts";

const from = parseOid("1".repeat(40))!;
const to = parseOid("2".repeat(40))!;
const blob = parseOid("3".repeat(40))!;
const move = { run: runId(workId("CTO-WORK-049")!, 2), branch: "main", from, to, epochSeconds: 5, objects: [to, blob] };
const line = reflogLine(move);

const plane = (entries: Readonly<Record<string, string>>): ControlPlane => ({
  digest: digestOf(JSON.stringify(entries)),
  entries: Object.entries(entries).map(([name, value]) => ({ name, value })),
});

const BEFORE = {
  "file config": "x",
  index: "1 a",
  "log logs/HEAD": "10 x first",
  "log logs/refs/heads/main": "10 x first",
  "ref HEAD loose": "ref: refs/heads/main",
  "ref refs/heads/main loose": from,
};
const AFTER = {
  ...BEFORE,
  index: "2 b",
  "log logs/HEAD": `${10 + line.length + 1} y ${line}`,
  "log logs/refs/heads/main": `${10 + line.length + 1} y ${line}`,
  "ref refs/heads/main loose": to,
  [`object 22/${"2".repeat(38)}`]: "100",
  [`object 33/${"3".repeat(38)}`]: "10",
};

const wrong = (after: Readonly<Record<string, string>>, before: Readonly<Record<string, string>> = BEFORE) =>
  onlyTheBranchMoved(plane(before), plane(after), move);

test("the branch, two reflogs, the index and the new objects are all that moves (R099)", () => {
  expect(wrong(AFTER)).toEqual([]);
  expect(refsAmong(movesBetween(plane(BEFORE), plane(AFTER)))).toEqual(["refs/heads/main"]);
});

test("a branch that was packed, and reflogs that were not kept, move as well", () => {
  const { "ref refs/heads/main loose": _, ...rest } = BEFORE;
  const packed = { ...rest, "ref refs/heads/main packed": from };
  expect(wrong({ ...AFTER, "ref refs/heads/main packed": from }, packed)).toEqual([]);
});

test.each([
  ["another ref appears", { "ref refs/tags/x loose": to }, "ref refs/tags/x loose appeared"],
  ["a setting changes", { "file config": "y" }, "file config changed"],
  ["HEAD turns", { "ref HEAD loose": "ref: refs/heads/other" }, "ref HEAD loose changed"],
  ["the branch goes elsewhere", { "ref refs/heads/main loose": blob }, `refs/heads/main does not hold ${to}`],
  ["a stray object appears", { "object 44/4": "1" }, "object 44/4 appeared"],
  ["another log line is the last", { "log logs/HEAD": `${10 + line.length + 1} y other` }, "log logs/HEAD changed"],
  ["two log lines are new", { "log logs/HEAD": `${10 + 2 * (line.length + 1)} y ${line}` }, "log logs/HEAD changed"],
  ["a lock stays", { "file index.lock": "f 0644 1 0 x" }, "file index.lock appeared"],
  ["an unfinished file stays", { "file .cto-harness-R-049-02.tmp": "f" }, "file .cto-harness-R-049-02.tmp appeared"],
])("when %s, the proof says so (R099)", (_, change, sentence) => {
  expect(wrong({ ...AFTER, ...change }).join("\n")).toContain(sentence);
});

test("what vanishes is said too, and without a commit every entry that moved is", () => {
  const { "file config": _, ...rest } = AFTER;
  expect(wrong(rest)).toEqual(["In .git, file config vanished."]);
  expect(nothingMoved(plane(BEFORE), plane(BEFORE))).toEqual([]);
  expect(nothingMoved(plane(BEFORE), plane(AFTER))).toHaveLength(6);
});
