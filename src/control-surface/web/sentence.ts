/** How the words came into the field: an approval is signed with that. */
export type Entry = "typed" | "pasted";

/** What counts as typed. Whatever a browser names otherwise, or not at all, may have come from elsewhere. */
const TYPED = /^(?:insertText|insertLineBreak|insertCompositionText|insertFromComposition|delete\w+)$/;

/** How the words came, after one more input; only an empty field begins anew. */
export const entryAfter = (before: Entry, value: string, inputType: string | undefined): Entry => {
  if (value === "") return "typed";
  return before === "typed" && inputType !== undefined && TYPED.test(inputType) ? "typed" : "pasted";
};

/** Where typed words leave a sentence: the character's place from 1, and both sides as the reader may see them. */
export interface Difference {
  readonly at: number;
  readonly expected: string;
  readonly got: string;
}

/**
 * Compares character by character, as the server does: one line end at the very end is taken off, nothing else is trimmed
 * or normalised. Undefined: they are equal. For the eye alone, the server compares again.
 */
export const differenceIn = (sentence: string, typed: string): Difference | undefined => {
  const [expected, got] = [Array.from(sentence), Array.from(typed.replace(/\r?\n$/, ""))];
  const at = expected.findIndex((character, place) => character !== got[place]);
  if (at === -1 && got.length === expected.length) return undefined;
  const place = at === -1 ? expected.length : at;
  return { at: place + 1, expected: expected[place] ?? "", got: got[place] ?? "" };
};

/** What should stand there: `"a"`, or the end. */
export const expectedCharacter = (character: string): string => (character === "" ? "the end" : `"${character}"`);

/**
 * What stands there, in the server's own words. Nothing typed is shown as it is, unless everybody sees the same:
 * `"i" (U+0069)`, but `U+202E` alone.
 */
export const namedCharacter = (character: string): string => {
  const point = character.codePointAt(0);
  if (point === undefined) return "the end";
  const code = `U+${point.toString(16).toUpperCase().padStart(4, "0")}`;
  return /^[ -~]$/.test(character) ? `"${character}" (${code})` : code;
};
