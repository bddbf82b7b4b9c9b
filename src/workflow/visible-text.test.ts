import * as fc from "fast-check";
import { expect, test } from "vitest";

import { visible, visibleLines, visibleLog } from "./visible-text.ts";

const HIDING = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;
const text = fc.string({ unit: "binary" });

test.each<readonly [string, string, string]>([
  ["right-to-left override", "a\u202Eb", "a<U+202E>b"],
  ["bidirectional isolate", "\u2067x\u2069", "<U+2067>x<U+2069>"],
  ["Arabic letter mark", "\u061C", "<U+061C>"],
  ["zero-width space", "C\u200BTO", "C<U+200B>TO"],
  ["zero-width joiner", "\u200D", "<U+200D>"],
  ["byte order mark", "\uFEFF", "<U+FEFF>"],
  ["soft hyphen", "ap\u00ADprove", "ap<U+00AD>prove"],
  ["tag character", "ok\u{E0041}", "ok<U+E0041>"],
  ["variation selector", "x\uFE0F", "x<U+FE0F>"],
  ["Hangul filler", "\u3164", "<U+3164>"],
  ["no-break space", "a\u00A0b", "a<U+00A0>b"],
  ["Braille blank", "\u2800", "<U+2800>"],
  ["line separator", "a\u2028b", "a<U+2028>b"],
  ["line feed", "a\nnext  cto accept", "a<U+000A>next  cto accept"],
  ["carriage return", "refused\rok     ", "refused<U+000D>ok     "],
  ["ANSI colour", "\u001B[32mok", "<U+001B>[32mok"],
  ["one-byte CSI", "\u009B32m", "<U+009B>32m"],
  ["NUL and delete", "\u0000\u007F", "<U+0000><U+007F>"],
  ["lone surrogate", "\uD800", "<U+D800>"],
  ["private use", "\uE000", "<U+E000>"],
])("R126 %s is written out", (_, hostile, shown) => {
  expect(visible(hostile)).toBe(shown);
});

test("R126 ordinary text of any script stays as it is", () => {
  for (const plain of ["src/strings.py", "Ünïcode", "日本語", "العربية", "e\u0301", "🙂 <b>"])
    expect(visible(plain)).toBe(plain);
});

test("R126 nothing that hides is ever left, and showing twice changes nothing more", () => {
  fc.assert(
    fc.property(text, (hostile) => {
      const shown = visible(hostile);
      expect(shown.replaceAll(/\p{Cn}/gu, "")).not.toMatch(HIDING);
      expect(visible(shown)).toBe(shown);
    }),
  );
});

test("R126 lines and tabs survive in text of several lines, and nothing else that moves", () => {
  expect(visibleLines("a\tb\r\nc\u202E")).toBe("a\tb<U+000D>\nc<U+202E>");
  fc.assert(
    fc.property(text, (hostile) => {
      expect(visibleLines(hostile).replaceAll(/[\n\t]|\p{Cn}/gu, "")).not.toMatch(HIDING);
    }),
  );
});

test.each<readonly [string, string, string]>([
  ["colour", "\u001B[1;31mred\u001B[0m", "red"],
  ["cursor movement", "a\u001B[2Kb\u001B[1;1H", "ab"],
  ["a hyperlink", "\u001B]8;;http://x/\u001B\\link\u001B]8;;\u0007", "link"],
  ["the clipboard", "\u001B]52;c;ZXZpbA==\u0007x", "x"],
  ["a device string", "\u001BPq#0\u001B\\x", "x"],
  ["a reset", "\u001Bcx", "x"],
  ["line endings of DOS", "a\r\nb", "a\nb"],
  ["a sequence that never ends", "\u001B]52;c;abc", "52;c;abc"],
  ["an escape at the end", "x\u001B", "x<U+001B>"],
])("R126 a log is shown without %s", (_, log, shown) => {
  expect(visibleLog(log)).toBe(shown);
});

test("R126 a log never steers the terminal", () => {
  const log = fc
    .array(fc.oneof(text, fc.constantFrom("\u001B", "\u001B[", "\u001B]", "\u0007", "\u009B", ";", "m")))
    .map((all) => all.join(""));
  fc.assert(
    fc.property(log, (hostile) => {
      expect(visibleLog(hostile).replaceAll(/[\n\t]|\p{Cn}/gu, "")).not.toMatch(HIDING);
    }),
  );
});
