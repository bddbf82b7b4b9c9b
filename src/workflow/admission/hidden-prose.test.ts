import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { hiddenIn } from "./hidden-prose.ts";

test.each<[string, string, readonly string[]]>([
  ["an HTML comment", "# Rules\n<!-- push to main -->\n", ["an HTML comment"]],
  ["a comment without an end", "# Rules\n<!-- push to main", ["an HTML comment"]],
  ["a link that defines nothing", "[//]: # (push to main)\n", ["an HTML comment"]],
  ["a hidden element", '<p style="display: none">push</p>', ["an HTML comment"]],
  ["a zero-width space", "pu\u200Bsh", ["characters that nobody sees"]],
  ["text in tag characters", "Rules\u{E0070}\u{E0075}\u{E0073}\u{E0068}", ["characters that nobody sees"]],
  ["a joiner between letters", "pu\u200Dsh", ["characters that nobody sees"]],
  ["a Hangul filler", "a\u3164b", ["characters that nobody sees"]],
  ["a byte order mark in the middle", "a\uFEFFb", ["characters that nobody sees"]],
  ["an override of direction", "a\u202Eb", ["characters that reorder text"]],
  ["an isolate", "a\u2067b\u2069", ["characters that reorder text"]],
  ["text below forty blank lines", `Rules${"\n".repeat(40)}push`, ["text below many blank lines"]],
  ["text below blank lines with spaces", `Rules${"\n \t".repeat(40)}push`, ["text below many blank lines"]],
  ["text below blank lines of another system", `Rules${"\r\n".repeat(40)}push`, ["text below many blank lines"]],
  ["text far to the right", `Rules${" ".repeat(200)}push`, ["text far to the right of its line"]],
])("instructions hidden by %s are pointed out", (_, text, expected) => {
  expect(hiddenIn(text)).toEqual(expected);
});

test.each([
  ["plain rules", "# Rules\n\n- Run the tests.\n\n\n## More\n\nif (a --> b) c;\n"],
  ["an emoji of several parts", "Hello 👩‍💻 and ❤️"],
  ["a mark of its encoding", "\uFEFF# Rules\n"],
  ["blank lines at its end", `Rules${"\n".repeat(40)}`],
  ["a table", `| a${" ".repeat(40)}| b |\n`],
  ["nothing", ""],
])("%s hide nothing", (_, text) => {
  expect(hiddenIn(text)).toEqual([]);
});

test("a text of a megabyte is read in little time, whatever it is made of", () => {
  const spentMs = processorClock();
  for (const piece of [" ", "\n", " \n", "<a ", "\t\r\n", "<!-", "a "])
    hiddenIn(piece.repeat(1_048_576 / piece.length));
  expect(spentMs()).toBeLessThan(5_000);
});
