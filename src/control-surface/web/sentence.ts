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

/** `"a"`, `"i" (U+0069)`, or that there is nothing. */
export const namedCharacter = (character: string): string => {
  const point = character.codePointAt(0);
  if (point === undefined) return "the end";
  const shown = point > 0x20 && point < 0x7f ? `"${character}" ` : point === 0x20 ? "a space " : "";
  return `${shown}(U+${point.toString(16).toUpperCase().padStart(4, "0")})`;
};
