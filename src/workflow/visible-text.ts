/** One line of text nobody vouches for, safe to show: whatever hides, reorders or steers is written as `<U+202E>`. */
export const visible = (text: string): string => text.replaceAll(HIDDEN, named);

/** The same for text of several lines: line feeds and tabs stay what they are. */
export const visibleLines = (text: string): string =>
  text.replaceAll(HIDDEN, (character) => (character === "\n" || character === "\t" ? character : named(character)));

/** Output of a program, as a reader wants it: terminal sequences dropped, line endings plain, all else escaped. */
export const visibleLog = (text: string): string =>
  visibleLines(text.replaceAll(TERMINAL_SEQUENCE, "").replaceAll("\r\n", "\n"));

const named = (character: string): string => {
  const codePoint = character.codePointAt(0) ?? 0;
  return `<U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}>`;
};

// Control, format, surrogate, private use, separators, default-ignorable (tags, fillers, variation selectors), odd
// spaces, and the blank that is a Braille letter.
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u00A0\u1680\u2000-\u200A\u202F\u205F\u2800\u3000]/gu;

// CSI; OSC, DCS, SOS, PM, APC up to their end; every other escape of two or three bytes. Each is bounded.
const TERMINAL_SEQUENCE =
  // oxlint-disable-next-line no-control-regex -- terminal sequences are what this looks for
  /(?:\u001B\[|\u009B)[0-?]{0,64}[ -/]{0,8}[@-~]|(?:\u001B[P\]X^_]|[\u0090\u009D\u0098\u009E\u009F])[^\u0007\u001B\u009C]{0,4096}(?:\u0007|\u001B\\|\u009C)|\u001B[ -/]?[0-~]/g;
