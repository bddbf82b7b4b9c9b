/** Ways in which a text for agents keeps something from the eye of its reader; worded for the approver. */
export const hiddenIn = (text: string): readonly string[] => [
  ...(HTML_COMMENT.test(text) ? ["an HTML comment"] : []),
  ...(BIDI.test(text) ? ["characters that reorder text"] : []),
  ...(INVISIBLE.test(text) ? ["characters that nobody sees"] : []),
  ...farAway(text),
];

// Line by line, since an expression over all of them would look at each blank line once for every other.
const farAway = (text: string): readonly string[] => {
  let blank = 0;
  let isFarDown = false;
  let isFarRight = false;
  for (const line of text.split("\n")) {
    const said = line.trim();
    isFarDown ||= said !== "" && blank >= BLANK_LINES;
    blank = said === "" ? blank + 1 : 0;
    isFarRight ||= said.includes(GAP) || said.includes(TABS);
  }
  return [
    ...(isFarDown ? ["text below many blank lines"] : []),
    ...(isFarRight ? ["text far to the right of its line"] : []),
  ];
};

const BLANK_LINES = 20;
const GAP = " ".repeat(80);
const TABS = "\t".repeat(10);

// What a page does not show: a comment, or what only a link definition or a hidden element holds.
const HTML_COMMENT = /<!--|^\[(?:\/\/|comment|_)\]:|display\s{0,3}:\s{0,3}none/im;
const BIDI = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;
// Default-ignorable, but for what reorders and for the two that emoji are joined and shown by; a mark at the very
// beginning says how the file is encoded. Tags, and the blank letters.
const INVISIBLE =
  /\u034F|(?!^\uFEFF)[\u00AD\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B\u200C\u2060-\u2065\u206A-\u206F\u3164\uFEFF\uFFA0\u2800\u{E0000}-\u{E0FFF}]|(?<!\p{Emoji})\u200D/u;
