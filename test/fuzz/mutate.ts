import type { Random } from "./random.ts";

/** What a text may be changed by, beside its bytes: words of its own language and of those who attack it. */
export interface Words {
  readonly words: readonly string[];
}

const HOSTILE = [
  "\0",
  "\u202e",
  "\u200b",
  "\u2028",
  "\u2028/../",
  "\u0430",
  "\ufeff",
  "\r",
  "\t",
  "../",
  "..",
  "/",
  "//",
  ".git/config",
  ".env",
  "**",
  "*",
  "`",
  "```\n",
  "---\n",
  "- ",
  "## ",
  "# ",
  '"',
  "\\",
  "\\u0000",
  "\\ud800",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "null",
  "true",
  "false",
  "-1",
  "0",
  "1e999",
  "9007199254740993",
  '"__proto__":{"a":1},',
  "&a ",
  "*a ",
  "!!js ",
  "<!--",
  "-->",
  "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
  "a".repeat(5_000),
];

const text = new TextEncoder();

/** A case: bytes of the corpus, changed once to five times. */
export const mutated = (corpus: readonly Uint8Array[], { words }: Words, random: Random): Uint8Array => {
  let bytes = random.pick(corpus);
  for (let times = 1 + random.below(5); times > 0; times -= 1) bytes = changed(bytes, corpus, words, random);
  return bytes;
};

const changed = (
  bytes: Uint8Array,
  corpus: readonly Uint8Array[],
  words: readonly string[],
  random: Random,
): Uint8Array => {
  const at = random.below(bytes.length + 1);
  switch (random.below(10)) {
    case 0:
      return withByte(bytes, at, (byte) => byte ^ (1 << random.below(8)));
    case 1:
      return withByte(bytes, at, () => random.below(256));
    case 2:
      return spliced(bytes, at, random.below(24), new Uint8Array());
    case 3:
      return spliced(bytes, at, 0, text.encode(random.pick(HOSTILE)));
    case 4:
      return spliced(bytes, at, random.below(12), text.encode(random.pick(words)));
    case 5:
      return bytes.subarray(0, at);
    case 6: {
      const other = random.pick(corpus);
      const from = random.below(other.length + 1);
      return spliced(bytes, at, random.below(40), other.subarray(from, from + random.below(200)));
    }
    case 7:
      return movedLine(bytes, random);
    case 8:
      return wordFor(bytes, words, random);
    default:
      return withByte(bytes, at, letterFor);
  }
};

const withByte = (bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array =>
  spliced(bytes, at, 1, Uint8Array.of(change(bytes[at] ?? 0) & 0xff));

const spliced = (bytes: Uint8Array, at: number, drop: number, insert: Uint8Array): Uint8Array =>
  Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);

// A gentle change, which a reader may well accept: the next letter or digit.
const letterFor = (byte: number): number => {
  const isLetter = (byte >= 0x61 && byte < 0x7a) || (byte >= 0x30 && byte < 0x39) || (byte >= 0x41 && byte < 0x5a);
  return isLetter ? byte + 1 : byte;
};

/** One line left out, doubled, or put before another. */
const movedLine = (bytes: Uint8Array, random: Random): Uint8Array => {
  const lines = Buffer.from(bytes).toString("latin1").split("\n");
  const [line] = lines.splice(random.below(lines.length), 1);
  for (let times = random.below(3); times > 0; times -= 1) lines.splice(random.below(lines.length + 1), 0, line ?? "");
  return Buffer.from(lines.join("\n"), "latin1");
};

/** One word of the text for another of its language. */
const wordFor = (bytes: Uint8Array, words: readonly string[], random: Random): Uint8Array => {
  const [from, to] = [text.encode(random.pick(words)), text.encode(random.pick(words))];
  const at = Buffer.from(bytes).indexOf(from, random.below(bytes.length + 1));
  return at === -1 ? bytes : spliced(bytes, at, from.length, to);
};
