import { expect, test } from "vitest";

import {
  entriesFor,
  NOTHING_READ,
  PALETTE_PLACES,
  saidOf,
  waitingFor,
  withEntries,
  workOfPrefix,
  type Entry,
} from "./palette-list.ts";

const ENTRIES: readonly Entry[] = [
  ...PALETTE_PLACES,
  { kind: "work", word: "CTO-WORK-049", more: "Align slugify", to: "/w/CTO-WORK-049" },
  { kind: "run", word: "R-049-01", more: "Blocked: approval/absent", to: "/r/R-049-01" },
  { kind: "run", word: "R-049-02", more: "Accepted", to: "/r/R-049-02" },
  { kind: "run", word: "R-050-01", more: "Voided", to: "/r/R-050-01" },
];
const found = (text: string): readonly string[] => entriesFor(text, ENTRIES, 12).map(({ word }) => word);

test("an id is found by its beginning, with and without its letters", () => {
  expect(found("r-049")).toEqual(["R-049-01", "R-049-02"]);
  expect(found("049")).toEqual(["CTO-WORK-049", "R-049-01", "R-049-02"]);
  expect(found("cto")).toEqual(["CTO-WORK-049"]);
});

test("what begins with the text stands before what only contains it", () => {
  expect(found("a")[0]).toBe("Audit");
  expect(found("slug")).toEqual(["CTO-WORK-049"]);
});

test("a text of pattern signs is only a text", () => {
  expect(found(".*")).toEqual([]);
  expect(found("(")).toEqual([]);
});

test("never more are shown than asked for", () => {
  expect(entriesFor("", ENTRIES, 3)).toHaveLength(3);
});

test.each([
  ["R-049-0", "CTO-WORK-049"],
  ["049", "CTO-WORK-049"],
  ["r-1049", "CTO-WORK-1049"],
  ["align", undefined],
  ["R-4", undefined],
])("the runs asked for by %j are those of %s", (text, work) => {
  expect(workOfPrefix(text)).toBe(work);
});

test("nothing is said to be called so while a list is awaited, or where one could not be read", () => {
  const asked = waitingFor(waitingFor(NOTHING_READ, "runs"), "targets");
  expect(saidOf(asked, 0)).toBe("Still reading: runs, targets.");
  const lost = withEntries(asked, "runs", "unread");
  expect(saidOf(lost, 0)).toBe("Could not be read: runs. Still reading: targets.");
  expect(saidOf(withEntries(lost, "targets", []), 0)).toBe("Could not be read: runs.");
  const whole = withEntries(withEntries(asked, "runs", ENTRIES), "targets", ENTRIES);
  expect(saidOf(whole, 0)).toBe("Nothing here is called that.");
  expect(saidOf(whole, 3)).toBe("");
  expect(whole.entries).toHaveLength(ENTRIES.length);
});
