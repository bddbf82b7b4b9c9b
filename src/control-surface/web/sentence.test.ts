import { expect, test } from "vitest";

import { differenceIn, entryAfter, namedCharacter } from "./sentence.ts";

const SENTENCE = "I accept.";

test.each([
  [SENTENCE, undefined],
  [`${SENTENCE}\n`, undefined],
  [`${SENTENCE}\r\n`, undefined],
  ["", { at: 1, expected: "I", got: "" }],
  ["I accept", { at: 9, expected: ".", got: "" }],
  ["I accept..", { at: 10, expected: "", got: "." }],
  [`${SENTENCE}\n\n`, { at: 10, expected: "", got: "\n" }],
  [`${SENTENCE} `, { at: 10, expected: "", got: " " }],
  ["I  accept.", { at: 3, expected: "a", got: " " }],
  ["I\u00A0accept.", { at: 2, expected: " ", got: "\u00A0" }],
  ["I аccept.", { at: 3, expected: "a", got: "а" }],
  ["І accept.", { at: 1, expected: "I", got: "І" }],
  ["I accept\u200B.", { at: 9, expected: ".", got: "\u200B" }],
  ["I 😀accept.", { at: 3, expected: "a", got: "😀" }],
])("%j leaves the sentence at %j", (typed, difference) => {
  expect(differenceIn(SENTENCE, typed)).toEqual(difference);
});

test.each([
  ["a", '"a" (U+0061)'],
  [" ", '" " (U+0020)'],
  ["\u202E", "U+202E"],
  ["а", "U+0430"],
  ["", "the end"],
])("%j is named so that it can be told from its like", (character, name) => {
  expect(namedCharacter(character)).toBe(name);
});

test.each([
  ["a key", "typed", "I", "insertText", "typed"],
  ["a new line", "typed", "I\n", "insertLineBreak", "typed"],
  ["a composed letter", "typed", "é", "insertCompositionText", "typed"],
  ["a letter taken back", "typed", "I", "deleteContentBackward", "typed"],
  ["a paste", "typed", "I", "insertFromPaste", "pasted"],
  ["a drop", "typed", "I", "insertFromDrop", "pasted"],
  ["a proposal of the browser", "typed", "I", "insertReplacementText", "pasted"],
  ["a redone paste", "typed", "I", "historyRedo", "pasted"],
  ["a kind that nobody knows", "typed", "I", "insertTextFromAfar", "pasted"],
  ["a script", "typed", "I", undefined, "pasted"],
  ["a key after a paste", "pasted", "I a", "insertText", "pasted"],
  ["the emptied field", "pasted", "", "deleteContentBackward", "typed"],
] as const)("after %s a sentence that was %s counts as it came: %j by %s", (_, before, value, inputType, after) => {
  expect(entryAfter(before, value, inputType)).toBe(after);
});
