import { expect, test } from "vitest";

import { digestWords } from "./digest-words.ts";
import { parseDigest } from "./digest.ts";

test.each([
  ["00000000000", "abandon abandon abandon abandon"],
  ["fffffffffff", "zoo zoo zoo zoo"],
  // 00000000001 00000000010 00000000011 00000000100: the second to fifth word of the list.
  ["00200801804", "ability able about above"],
])("a digest that begins with %s reads %s", (first, words) => {
  expect(digestWords(parseDigest(first.padEnd(64, "7"))!)).toBe(words);
});
