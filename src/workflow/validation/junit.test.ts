import { expect, test } from "vitest";

import { processorClock } from "../../../test/fixtures/processor-clock.ts";
import { LIMITS } from "../limits.ts";
import { junitIn } from "./junit.ts";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const SUITE = '<testsuite name="s" tests="1"><testcase name="a &lt; b"><failure>x</failure></testcase></testsuite>';
const DOCUMENT = `<?xml version="1.0" encoding="utf-8"?><testsuites>${SUITE}</testsuites>`;

test.each([
  ["alone", DOCUMENT, DOCUMENT],
  ["between other words", `.. 2 passed\n${DOCUMENT}\nbye\n`, DOCUMENT],
  [
    "with comments and raw text in it",
    `ok\n${DOCUMENT.replace(">x<", "><![CDATA[<b> & ]] >]]><!-- a - b --><")}`,
    DOCUMENT.replace(">x<", "><![CDATA[<b> & ]] >]]><!-- a - b --><"),
  ],
  ["without a declaration, one suite as its root", `ok\n${SUITE}\n`, SUITE],
])("a JUnit document that a command prints %s is taken as it stands", (_, output, document) => {
  expect(junitIn(utf8(output))).toEqual(utf8(document));
});

test.each([
  ["none", "2 passed in 0.1s\n"],
  ["one with a document type", DOCUMENT.replace("<testsuites>", '<!DOCTYPE testsuites [<!ENTITY a "b">]><testsuites>')],
  ["one that reads a file by an entity", DOCUMENT.replace("&lt;", "&file;")],
  ["one that names a style", DOCUMENT.replace("<testsuites>", '<?xml-stylesheet href="x"?><testsuites>')],
  ["one with a script", DOCUMENT.replace("<failure>x</failure>", "<script>x</script>")],
  ["one that is not closed", DOCUMENT.replace("</testcase>", "")],
  ["one that other output has run into", DOCUMENT.replace("<testcase", "warning < 3\n<testcase")],
  ["two after each other", `${DOCUMENT}\n${DOCUMENT}`],
  ["one with a name in two attributes", DOCUMENT.replace('name="s"', 'name="s" name="t"')],
  ["one with bytes that are no text", DOCUMENT.replace("x</failure>", "\uFFFF</failure>")],
  ["one that is too large", DOCUMENT.replace(">x<", `>${"x".repeat(LIMITS.junitBytesMax)}<`)],
  [
    "one that is nested without end",
    `<testsuites>${"<testsuite>".repeat(40)}${"</testsuite>".repeat(40)}</testsuites>`,
  ],
])("%s is no JUnit document", (_, output) => {
  expect(junitIn(utf8(output))).toBe("none");
});

test("a document that is no UTF-8 is none", () => {
  const bytes = utf8(DOCUMENT);
  expect(junitIn(bytes.with(bytes.lastIndexOf(0x78), 0xff))).toBe("none");
});

test("a long output is read in time that grows with its length only", () => {
  const spentMs = processorClock();
  for (const text of [
    "<testsuite " + 'a="1" '.repeat(20_000),
    "<!--" + "-".repeat(200_000),
    "<testsuite>" + "&".repeat(200_000),
  ])
    expect(junitIn(utf8(`${text}</testsuite>`))).toBe("none");
  expect(spentMs()).toBeLessThan(2_000);
});
