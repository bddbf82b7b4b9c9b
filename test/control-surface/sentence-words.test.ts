import { expect, test } from "vitest";

import { differenceIn, expectedCharacter, namedCharacter } from "../../src/control-surface/web/sentence.ts";
import { requiredSentenceMatch } from "../../src/workflow/approval/sentence.ts";

const SENTENCE = "I approve CTO-WORK-049 against /srv/target for the src/strings.py slugify alignment task.";

const NEAR_MISSES = [
  ["a wrong letter", SENTENCE.replace("against", "agianst")],
  ["a Cyrillic a", SENTENCE.replace("against", "\u0430gainst")],
  ["a right-to-left override", SENTENCE.replace("against", "\u202Eagainst")],
  ["a no-break space", SENTENCE.replace("I approve", "I\u00A0approve")],
  ["a character beyond the first plane", SENTENCE.replace("task", "\u{1F4A9}")],
  ["another case", SENTENCE.replace("I approve", "i approve")],
  ["one space too many", `${SENTENCE} `],
  ["two line endings", `${SENTENCE}\n\n`],
  ["a space before it", ` ${SENTENCE}`],
] as const;

test.for(NEAR_MISSES)("%s is told in the page in the server's own words", ([, typed]) => {
  const told = differenceIn(SENTENCE, typed);
  const judged = requiredSentenceMatch(SENTENCE, new TextEncoder().encode(typed));
  const { at, expected, got } = judged.ok ? {} : judged.refusals[0].facts;
  expect(told?.at).toBe(at);
  expect(expectedCharacter(told?.expected ?? "")).toBe(expected);
  expect(namedCharacter(told?.got ?? "")).toBe(got);
});

test.for(["", "\n", "\r\n"])("the sentence with %j behind it is the sentence, for page and server", (ending) => {
  expect(differenceIn(SENTENCE, `${SENTENCE}${ending}`)).toBeUndefined();
  expect(requiredSentenceMatch(SENTENCE, new TextEncoder().encode(`${SENTENCE}${ending}`)).ok).toBe(true);
});
