/** What somebody might say in place of the required sentence, and the first character that differs, counted from one. */
export interface Variant {
  readonly name: string;
  readonly words: (sentence: string) => string;
  readonly at: (sentence: string) => number;
  readonly got: string;
}

const at = (place: number) => (): number => place;
const pastEnd = (sentence: string): number => sentence.length + 1;
const behind = (text: string): Pick<Variant, "words" | "at"> => ({
  words: (sentence) => `${sentence}${text}`,
  at: pastEnd,
});
const before = (text: string): Pick<Variant, "words" | "at"> => ({
  words: (sentence) => `${text}${sentence}`,
  at: at(1),
});
/** Another character in place of the first one of a word. */
const inside = (word: string, offset: number, character: string): Pick<Variant, "words" | "at"> => ({
  words: (sentence) => {
    const place = sentence.indexOf(word) + offset;
    return `${sentence.slice(0, place)}${character}${sentence.slice(place + 1)}`;
  },
  at: (sentence) => sentence.indexOf(word) + offset + 1,
});
const inserted = (word: string, offset: number, character: string): Pick<Variant, "words" | "at"> => ({
  words: (sentence) => {
    const place = sentence.indexOf(word) + offset;
    return `${sentence.slice(0, place)}${character}${sentence.slice(place)}`;
  },
  at: (sentence) => sentence.indexOf(word) + offset + 1,
});

export const NEAR_MISSES: readonly Variant[] = [
  { name: "nothing", words: () => "", at: at(1), got: "the end" },
  { name: "a lone carriage return", words: () => "\r", at: at(1), got: "U+000D" },
  { name: "a trailing space", ...behind(" "), got: '" " (U+0020)' },
  { name: "two line feeds", ...behind("\n\n"), got: "U+000A" },
  { name: "a trailing tab", ...behind("\t"), got: "U+0009" },
  { name: "a NUL at the end", ...behind("\0"), got: "U+0000" },
  { name: "more than the sentence", ...behind(" And one more file."), got: '" " (U+0020)' },
  { name: "4,097 bytes", words: (sentence) => sentence.padEnd(4097, "x"), at: pastEnd, got: '"x" (U+0078)' },
  { name: "a leading space", ...before(" "), got: '" " (U+0020)' },
  { name: "a quotation mark of a reply", ...before("> "), got: '">" (U+003E)' },
  { name: "a word before it", ...before("ok. "), got: '"o" (U+006F)' },
  {
    name: "a code fence around it",
    words: (sentence) => `\`\`\`\n${sentence}\n\`\`\``,
    at: at(1),
    got: '"`" (U+0060)',
  },
  { name: "a terminal's escape before it", ...before("\u001B[1m"), got: "U+001B" },
  { name: "a doubled inner space", ...inserted(" approve", 1, " "), got: '" " (U+0020)' },
  { name: "all in lower case", words: (sentence) => sentence.toLowerCase(), at: at(1), got: '"i" (U+0069)' },
  { name: "one capital too many", ...inside("approve", 0, "A"), got: '"A" (U+0041)' },
  {
    name: "no final period",
    words: (sentence) => sentence.slice(0, -1),
    at: (sentence) => sentence.length,
    got: "the end",
  },
  { name: "another work item", ...inside("-049", 3, "8"), got: '"8" (U+0038)' },
];

export const HOMOGLYPHS: readonly Variant[] = [
  { name: "a Cyrillic а in approve", ...inside("approve", 0, "\u0430"), got: "U+0430" },
  { name: "a Cyrillic а in against", ...inside("against", 0, "\u0430"), got: "U+0430" },
  { name: "a zero-width joiner in the path", ...inserted("/target", 3, "\u200D"), got: "U+200D" },
  { name: "a zero-width space in the id", ...inserted("CTO-WORK", 1, "\u200B"), got: "U+200B" },
  { name: "a non-breaking space", ...inside(" approve", 0, "\u00A0"), got: "U+00A0" },
  { name: "a non-breaking hyphen", ...inside("-WORK", 0, "\u2011"), got: "U+2011" },
  { name: "a fullwidth digit", ...inside("049", 0, "\uFF10"), got: "U+FF10" },
  { name: "a ligature in against", ...inside("against", 5, "\uFB06"), got: "U+FB06" },
  { name: "a division slash in the path", ...inside("/target", 0, "\u2215"), got: "U+2215" },
  { name: "a byte order mark in front", ...before("\uFEFF"), got: "U+FEFF" },
  { name: "a right-to-left override at the end", ...behind("\u202E"), got: "U+202E" },
  { name: "a tag character at the end", ...behind("\u{E0041}"), got: "U+E0041" },
];
