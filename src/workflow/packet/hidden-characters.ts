import { refusal, type Refusal } from "../refusal.ts";
import { placeWithin, type Line } from "./line.ts";

/** Characters of a line that cannot be seen, reorder what is seen, or look like another (R015). */
export const hiddenCharacters = (line: Line): readonly Refusal[] => {
  const text = line.text.replace(/\r$/, "");
  if (/^[\x20-\x7e]*$/.test(text)) return [];
  const hidden = [...text.matchAll(HIDDEN).take(TOLD_PER_LINE_MAX)].map(({ 0: character, index }) =>
    refusal(
      "packet/invisible-characters",
      { codePoint: codePointOf(character), what: natureOf(character) },
      placeWithin(line.at, text, index),
    ),
  );
  return [...hidden, ...notNormal({ text, at: line.at })];
};

/** `U+202E`. */
export const codePointOf = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

// Bounds what a hostile line can make the reader say.
const TOLD_PER_LINE_MAX = 16;

// All controls, formats, private and unassigned characters, all spaces but U+0020, and letters that are drawn empty.
const HIDDEN = /(?! )[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;

const natureOf = (character: string): string => {
  if (/\p{Bidi_Control}/u.test(character)) return "a bidirectional control, which reorders what is shown";
  if (/[\u{e0000}-\u{e007f}]/u.test(character)) return "a tag character, which is not shown";
  if (/\p{Cc}/u.test(character)) return "a control character";
  if (/\p{Z}/u.test(character)) return "a space other than U+0020";
  if (/[\p{Co}\p{Cn}]/u.test(character)) return "not an assigned character";
  return "an invisible character";
};

const notNormal = ({ text, at }: Line): readonly Refusal[] => {
  const normal = text.normalize("NFC");
  if (normal === text) return [];
  let index = 0;
  while (text[index] === normal[index]) index += 1;
  const codePoint = codePointOf(text.slice(index));
  const what = "not in normal form NFC, so that two spellings look alike";
  return [refusal("packet/invisible-characters", { codePoint, what }, placeWithin(at, text, index))];
};
