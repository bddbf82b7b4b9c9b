import { expect, test } from "vitest";

import { LIMITS } from "./limits.ts";
import { noticeTitle } from "./notice-event.ts";
import { slackBody } from "./slack-text.ts";

test.each([
  ["two\nlines", "two<U+000A>lines"],
  ["\u001b[31mred", "<U+001B>[31mred"],
  ["\u202eevil", "<U+202E>evil"],
  ["a\u200bb\u{e0041}", "a<U+200B>b<U+E0041>"],
  ["\ud800", "\ufffd"],
])("a title %j is one line that steers nothing", (title, shown) => {
  expect(noticeTitle(title)).toBe(shown);
});

test("a title without end is cut", () => {
  expect(noticeTitle("☃".repeat(100_000))).toHaveLength(LIMITS.noticeTitleCharactersMax);
});

const textOf = (data: object): string => {
  const common = { work: "CTO-WORK-049", who: "owner jp", url: "http://localhost:4049/w/CTO-WORK-049" };
  return String((JSON.parse(slackBody(JSON.stringify({ data: { ...common, ...data } }))) as { text: unknown }).text);
};

test.each([
  ["blocked", { reason: "approval/absent" }, "*Blocked: approval/absent*  CTO-WORK-049"],
  ["withdrawn", {}, "*Approval withdrawn*  CTO-WORK-049"],
  ["interrupted", { run: "R-049-01" }, "*Interrupted*  R-049-01"],
  ["expired", {}, "*Approval expired*  CTO-WORK-049"],
  ["rollback_failed", { run: "R-049-01" }, "*Rollback failed*  R-049-01"],
])("the word of %s stands first in a chat, without what it does not know", (state, more, first) => {
  expect(textOf({ state, ...more }).split("\n")[0]).toBe(first);
});
