import { expect, test } from "vitest";

import { parseOid, runId, workId } from "../ids.ts";
import { equalsBaseAt, pathsBuiltOn, rollbackMessage } from "./rollback.ts";

const entry = (id: string): string => `100644 ${id}`;
const tree = (entries: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(entries));

const base = tree({ a: entry("1"), gone: entry("2"), other: entry("3") });
const commit = tree({ a: entry("4"), made: entry("5"), other: entry("3") });
const paths = ["a", "gone", "made"];

test.each([
  ["nothing else happened", {}, []],
  ["another path changed", { other: entry("9") }, []],
  ["a path is back at the base", { a: entry("1") }, []],
  ["a changed path changed again", { a: entry("9") }, ["a"]],
  ["a mode changed", { a: "100755 4" }, ["a"]],
  ["a made path changed", { made: entry("9") }, ["made"]],
  ["a removed path came back otherwise", { gone: entry("9") }, ["gone"]],
  ["a folder stands at a removed path", { gone: "040000 9", "gone/x": entry("9") }, ["gone"]],
])("when %s, exactly the paths built on are in conflict", (_, later, conflicts) => {
  expect(pathsBuiltOn({ paths, base, commit, tip: new Map([...commit, ...tree(later)]) })).toEqual(conflicts);
});

test("a file where the base had a folder is in conflict with what was below", () => {
  const before = tree({ "d/x": entry("1"), d: "040000 7" });
  const order = { paths: ["d/x"], base: before, commit: tree({}), tip: tree({ d: entry("9") }) };
  expect(pathsBuiltOn(order)).toEqual(["d/x"]);
});

test("the result equals the base at the paths and the tip at all others, or it does not", () => {
  const tip = new Map([...commit, ["later", entry("8")]]);
  const restored = tree({ a: entry("1"), gone: entry("2"), other: entry("3"), later: entry("8") });
  expect(equalsBaseAt({ paths, base, tip }, restored)).toBe(true);
  expect(equalsBaseAt({ paths, base, tip }, new Map([...restored, ["a", entry("4")]]))).toBe(false);
  expect(equalsBaseAt({ paths, base, tip }, new Map([...restored, ["more", entry("4")]]))).toBe(false);
  expect(equalsBaseAt({ paths, base, tip }, new Map([...restored].filter(([path]) => path !== "later")))).toBe(false);
});

test("the message names work, run and the commit that it undoes", () => {
  const work = workId("CTO-WORK-049")!;
  const undone = parseOid("9".repeat(40))!;
  expect(rollbackMessage({ work, run: runId(work, 2), commit: undone })).toBe(
    [
      "CTO-WORK-049: roll back run R-049-02",
      "",
      `This reverts commit ${undone},`,
      "the single commit of that run, because its owner rejected the outcome.",
      "",
      "CTO-Work: CTO-WORK-049",
      "CTO-Run: R-049-02",
      `CTO-Rolls-Back: ${undone}`,
      "",
    ].join("\n"),
  );
});
