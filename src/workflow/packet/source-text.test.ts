import { expect, test } from "vitest";

import { changed, refusalsOf, seed, told } from "../../../test/fixtures/refused-packet.ts";

test.each([
  ["bidirectional override", "\u202E", "U+202E"],
  ["bidirectional isolate", "\u2066", "U+2066"],
  ["zero-width space", "\u200B", "U+200B"],
  ["zero-width joiner", "\u200D", "U+200D"],
  ["word joiner", "\u2060", "U+2060"],
  ["soft hyphen", "\u00AD", "U+00AD"],
  ["byte order mark", "\uFEFF", "U+FEFF"],
  ["no-break space", "\u00A0", "U+00A0"],
  ["line separator", "\u2028", "U+2028"],
  ["escape", "\u001B", "U+001B"],
  ["tab", "\t", "U+0009"],
  ["delete", "\u007F", "U+007F"],
  ["next line", "\u0085", "U+0085"],
  ["tag letter", "\u{E0041}", "U+E0041"],
  ["variation selector", "\uFE0F", "U+FE0F"],
  ["Hangul filler", "\u3164", "U+3164"],
  ["braille blank", "\u2800", "U+2800"],
  ["private use", "\uE000", "U+E000"],
  ["noncharacter", "\uFFFF", "U+FFFF"],
  ["combining accent that is not composed", "e\u0301", "U+0065"],
])("R015 a %s is refused anywhere, with its code point and place", (_, character, codePoint) => {
  const task = changed("Task: align `src", `Task: ali𝒈${character}gn \`src`);
  expect(told(task)).toBe("invisible-characters 26:11");
  expect(refusalsOf(task)[0]?.facts["codePoint"]).toBe(codePoint);
  for (const text of [
    `${character}${seed}`,
    seed + character,
    changed("`src/strings.py`\n", `\`src/${character}strings.py\`\n`),
  ]) {
    expect(refusalsOf(text).map(({ code }) => code)).toContain("packet/invisible-characters");
  }
});

test("R015 line ends of another system are one refusal at the first of them", () => {
  expect(told(seed.replaceAll("\n", "\r\n"))).toBe("invisible-characters 1:4");
  expect(told(changed("Allowed paths:\n", "Allowed paths:\r\n"))).toBe("invisible-characters 27:15");
});

test("a lone carriage return does not end a line", () => {
  expect(told(changed("Allowed paths:", "Allowed paths:\r- `x`"))).toContain("invisible-characters 27:15");
});

test("a document of more than 256 KiB is refused by its size alone", () => {
  expect(told(new Uint8Array(262_145))).toBe("too-large 1:1");
  const padded = seed + "\n".repeat(2000);
  expect(refusalsOf(padded)).toEqual([]);
});

test("a document of too many lines is refused", () => {
  expect(told(seed + "\n".repeat(5000))).toBe("too-many-lines 1:1");
});

test("a NUL byte is refused where it stands", () => {
  expect(told(changed("- `test_strings.py`", "- `tést\0_strings.py`"))).toBe("nul-byte 29:8");
});

test.each([
  ["a byte of another encoding", [0xe9]],
  ["an overlong form", [0xc0, 0xaf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["a torn character", [0xf0, 0x9f, 0x98]],
  ["a character beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
])("%s is refused where it stands", (_, bytes) => {
  const [head, tail] = seed.split("align `src");
  const content = Buffer.concat([Buffer.from(`${head}é`), Buffer.from(bytes), Buffer.from(`lign${tail}`)]);
  expect(told(content)).toEqual("not-utf8 26:8");
});
