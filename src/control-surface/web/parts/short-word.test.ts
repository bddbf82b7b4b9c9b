import { expect, test } from "vitest";

import { shortWord, stateName } from "./short-word.ts";

const COMMIT = "dd44775404b57dd1acdab158f490bdb7f36927d3";
const DIGEST = "41cf6794ba4200b839c53531555f0f3998df4cbb01a4d5cb0b94e3ca5e23947d";

test.each([
  [`Interrupted at commit; target holds commit ${COMMIT}`, "Interrupted at commit; target holds commit dd44775404b5"],
  [`${DIGEST}.`, "41cf6794ba42."],
  ["Approved, not started, expires 2026-12-01T07:37:45.442Z", "Approved, not started, expires 2026-12-01 07:37 UTC"],
  ["Approval expired 2026-12-01T07:37:45Z", "Approval expired 2026-12-01 07:37 UTC"],
])("%s has room as: %s", (word, shown) => {
  expect(shortWord(word)).toBe(shown);
});

test.each([
  ["a name that only begins like a commit", `Voided: src/${COMMIT}00.py is outside the contract`],
  ["a name that goes on after a commit", `Voided: x${COMMIT} is outside the contract`],
  ["capitals", `Voided: ${COMMIT.toUpperCase()} is outside the contract`],
  ["a day", "Voided: 2026-12-01 is outside the contract"],
  ["a time of somewhere else", "Approval expired 2026-12-01T07:37:45+02:00"],
  ["a name that begins like a moment", "Voided: 2026-12-01T07:37:45Zulu is outside the contract"],
])("%s is left as it is", (_, word) => {
  expect(shortWord(word)).toBe(word);
});

test.each([
  ["awaiting_outcome", "awaiting outcome"],
  ["voided(no-change)", "voided: no change"],
  ["accepted", "accepted"],
])("the state %s is called: %s", (state, name) => {
  expect(stateName(state)).toBe(name);
});
